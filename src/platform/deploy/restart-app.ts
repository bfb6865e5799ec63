import { transaction } from '#/foundation/db.ts'
import { notFound } from '#/foundation/errors.ts'
import { enqueue } from '#/foundation/jobs.ts'
import { lockApp } from '#/platform/app/app-store.ts'
import type { App } from '#/platform/app/app.ts'
import { listLivingDynos, unwantDynos } from '#/platform/dyno/dyno-store.ts'
import { dynoName, type Dyno } from '#/platform/dyno/dyno.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { findCurrentRelease } from '#/platform/release/release-store.ts'
import { deployQueue, runDeploysJob } from './deploy-jobs.ts'
import { insertDeploy } from './deploy-store.ts'

type Needs = Pick<Platform, 'db'>

/**
 * Restarts all dynos, those of a type (`web`), or one (`web.1`): new ones first, then the old go.
 * @param which undefined is all
 */
export const restartApp = (
  { db }: Needs,
  actor: Actor,
  app: App,
  which: string | undefined,
): Promise<void> =>
  transaction(db, async (tx) => {
    await lockApp(tx, actor, app.id)
    if (which !== undefined) await getDynosNamed({ db: tx }, actor, app, which)
    const release = await findCurrentRelease(tx, actor, app.id)
    if (!release) return
    await insertDeploy(tx, actor, {
      appId: app.id,
      kind: 'restart',
      releaseId: release.id,
      ...(which ? { dynoName: which } : {}),
    })
    await enqueue(tx, runDeploysJob, { appId: app.id }, { queue: deployQueue(app.id) })
    await insertEvent(tx, actor, {
      resource: 'dyno',
      resourceId: which ?? 'all',
      action: 'update',
      appId: app.id,
      teamId: app.teamId,
      after: { restarted: which ?? 'all' },
    })
  })

/** Stops one-off dynos for good; kept ones are wanted, so they are started anew. */
export const stopDynos = async (
  needs: Needs,
  actor: Actor,
  app: App,
  which: string,
): Promise<void> => {
  const dynos = await getDynosNamed(needs, actor, app, which)
  const once = dynos.filter(({ kind }) => kind === 'once')
  await transaction(needs.db, async (tx) => {
    await unwantDynos(
      tx,
      actor,
      once.map(({ id }) => id),
    )
    await insertEvent(tx, actor, {
      resource: 'dyno',
      resourceId: which,
      action: 'update',
      appId: app.id,
      teamId: app.teamId,
      after: { stopped: which },
    })
  })
  if (once.length < dynos.length) await restartApp(needs, actor, app, which)
}

const getDynosNamed = async (
  { db }: Needs,
  actor: Actor,
  app: App,
  which: string,
): Promise<Dyno[]> => {
  const named = (await listLivingDynos(db, actor, app.id)).filter(
    (dyno) => dyno.type === which || dynoName(dyno) === which || dyno.id === which,
  )
  if (named.length === 0) throw notFound('dyno')
  return named
}
