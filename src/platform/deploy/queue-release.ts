import type { Db } from '#/foundation/db.ts'
import { newId } from '#/foundation/ids.ts'
import { insertDynos } from '#/platform/dyno/dyno-store.ts'
import { dynoName } from '#/platform/dyno/dyno.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Formation } from '#/platform/formation/formation.ts'
import { RELEASE_PHASE, type Release } from '#/platform/release/release.ts'
import type { Slug } from '#/platform/slug/slug.ts'
import { DEPLOYER } from './deployer.ts'
import { insertDeploy } from './deploy-store.ts'
import { WANT_DYNOS } from './deploy.ts'
import { mayStartAtOnce } from './overlap-store.ts'
import { planDynos } from './plan-dynos.ts'

type Input = { release: Release; slug: Slug | null; formations: Formation[] }

/**
 * Queues the deploy of a new release. If nothing is to be done or waited for before its dynos may start, they are wanted
 * in this very transaction: they boot while the deploy's runner is still being found. Takes the app's lock.
 */
export const queueRelease = async (
  tx: Db,
  actor: Actor,
  { release, slug, formations }: Input,
): Promise<void> => {
  const { appId, id: releaseId } = release
  const mustWait =
    slug?.processTypes[RELEASE_PHASE] !== undefined || !(await mayStartAtOnce(tx, actor, appId))
  if (mustWait) {
    await insertDeploy(tx, actor, { appId, kind: 'release', releaseId })
    return
  }
  const planned = planDynos({ deploy: RELEASING, slug, formations, running: [] })
  const at = new Date().toISOString()
  const result = planned.map(dynoName).join(' ')
  const { id: deployId } = await insertDeploy(tx, actor, {
    appId,
    kind: 'release',
    releaseId,
    steps: [{ name: WANT_DYNOS, startedAt: at, finishedAt: at, result }],
  })
  await insertDynos(
    tx,
    DEPLOYER,
    planned.map((dyno) => ({ ...dyno, id: newId(), appId, releaseId, deployId, kind: 'kept' })),
  )
}

const RELEASING = { id: '', kind: 'release', dynoName: null } as const
