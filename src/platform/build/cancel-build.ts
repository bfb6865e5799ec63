import { transaction } from '#/foundation/db.ts'
import { conflict } from '#/foundation/errors.ts'
import type { App } from '#/platform/app/app.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { cancelPendingBuild, getBuild } from './build-store.ts'
import type { Build } from './build.ts'

/** Ends a build that has not ended yet; whoever runs it stops at once. */
export const cancelBuild = (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  app: Pick<App, 'id' | 'teamId'>,
  id: string,
): Promise<Build> =>
  transaction(db, async (tx) => {
    const build = await getBuild(tx, actor, app.id, id)
    const cancelled = await cancelPendingBuild(tx, actor, build.id, `Canceled by ${actor.name}.`)
    if (!cancelled) throw conflict('That build has ended already.')
    await insertEvent(tx, actor, {
      resource: 'build',
      resourceId: build.id,
      action: 'update',
      appId: app.id,
      teamId: app.teamId,
      before: { status: build.status },
      after: { status: 'failed', reason: cancelled.failureReason },
    })
    return cancelled
  })
