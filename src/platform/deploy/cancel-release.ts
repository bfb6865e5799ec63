import type { Db } from '#/foundation/db.ts'
import { lockApp } from '#/platform/app/app-store.ts'
import { listDynosOfDeploy, unwantDynos } from '#/platform/dyno/dyno-store.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import { markFailed } from '#/platform/release/release-store.ts'
import type { Release } from '#/platform/release/release.ts'
import { cancelDeployOf } from './deploy-store.ts'
import { bringBack } from './stop-first.ts'

/**
 * Gives up a release that is not served yet: its deploy ends, and what that had wanted stops. The release before it
 * serves on. False if it was too late.
 */
export const cancelRelease = async (
  tx: Db,
  actor: Actor,
  release: Pick<Release, 'id' | 'appId'>,
  reason: string,
): Promise<boolean> => {
  const app = await lockApp(tx, actor, release.appId)
  const deploy = await cancelDeployOf(tx, actor, release.id, reason)
  if (!deploy) return false
  await bringBack(tx, deploy)
  const dynos = await listDynosOfDeploy(tx, actor, deploy.id)
  await unwantDynos(
    tx,
    actor,
    dynos.map(({ id }) => id),
  )
  await markFailed(tx, actor, release.id, reason)
  await insertEvent(tx, actor, {
    resource: 'deploy',
    resourceId: deploy.id,
    action: 'update',
    appId: app.id,
    teamId: app.teamId,
    after: { status: 'cancelled', reason },
  })
  return true
}
