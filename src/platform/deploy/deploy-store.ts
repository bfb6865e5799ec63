import { sql } from 'kysely'
import type { Db } from '#/foundation/db.ts'
import type { Actor } from '#/platform/event/actor.ts'
import {
  FenceLost,
  type Deploy,
  type DeployKind,
  type DeployStep,
  type Evidence,
} from './deploy.ts'

const COLUMNS = [
  'id',
  'appId',
  'kind',
  'releaseId',
  'dynoName',
  'status',
  'steps',
  'fence',
  'evidence',
  'failureReason',
  'createdAt',
  'startedAt',
  'finishedAt',
] as const

export type NewDeploy = {
  appId: string
  kind: DeployKind
  releaseId: string
  dynoName?: string
  /** Done already. */
  steps?: DeployStep[]
}

export const insertDeploy = (
  tx: Db,
  actor: Actor,
  { steps = [], ...input }: NewDeploy,
): Promise<Deploy> =>
  tx
    .insertInto('deploys')
    .values({ ...input, steps: JSON.stringify(steps), createdBy: actor.accountId })
    .returning(COLUMNS)
    .executeTakeFirstOrThrow()

/** Whether something of the app's runs or waits. */
export const hasUnfinishedDeploys = async (
  db: Db,
  _actor: Actor,
  appId: string,
): Promise<boolean> =>
  (await db
    .selectFrom('deploys')
    .select('id')
    .where('appId', '=', appId)
    .where('status', 'in', ['queued', 'running'])
    .limit(1)
    .executeTakeFirst()) !== undefined

export const getDeploy = (db: Db, _actor: Actor, id: string): Promise<Deploy> =>
  db.selectFrom('deploys').select(COLUMNS).where('id', '=', id).executeTakeFirstOrThrow()

/** The app's own limit; undefined: it has none. */
export const findDrainLimitMs = async (
  db: Db,
  _actor: Actor,
  appId: string,
): Promise<number | undefined> =>
  (
    await db
      .selectFrom('appTraffic')
      .select('drainLimitMs')
      .where('appId', '=', appId)
      .executeTakeFirst()
  )?.drainLimitMs ?? undefined

export const findDeployOfRelease = (
  db: Db,
  _actor: Actor,
  releaseId: string,
): Promise<Deploy | undefined> =>
  db
    .selectFrom('deploys')
    .select(COLUMNS)
    .where('releaseId', '=', releaseId)
    .where('kind', '=', 'release')
    .executeTakeFirst()

/**
 * Takes the app's oldest unfinished deploy for this runner: a queued one, or one whose runner has died. The raised
 * fence shuts the earlier runner out. Undefined if there is nothing to do.
 */
export const takeNextDeploy = (db: Db, _actor: Actor, appId: string): Promise<Deploy | undefined> =>
  db
    .updateTable('deploys')
    .set({ status: 'running', fence: sql`fence + 1`, startedAt: sql`coalesce(started_at, now())` })
    .where('id', '=', (eb) =>
      eb
        .selectFrom('deploys')
        .select('id')
        .where('appId', '=', appId)
        .where('status', 'in', ['queued', 'running'])
        .orderBy('number')
        .limit(1)
        .forUpdate(),
    )
    .returning(COLUMNS)
    .executeTakeFirst()

/** Saves the deploy's steps. @throws FenceLost if another runner has the deploy, or it has ended. */
export const saveSteps = async (tx: Db, _actor: Actor, deploy: Deploy): Promise<void> => {
  const saved = await tx
    .updateTable('deploys')
    .set({ steps: JSON.stringify(deploy.steps) })
    .where('id', '=', deploy.id)
    .where('fence', '=', deploy.fence)
    .where('status', '=', 'running')
    .returning('id')
    .executeTakeFirst()
  if (!saved) throw new FenceLost(`Deploy ${deploy.id} has another runner.`)
}

/** @throws FenceLost as `saveSteps`. */
export const assertOurs = async (db: Db, _actor: Actor, deploy: Deploy): Promise<void> => {
  const found = await db
    .selectFrom('deploys')
    .select('id')
    .where('id', '=', deploy.id)
    .where('fence', '=', deploy.fence)
    .where('status', '=', 'running')
    .executeTakeFirst()
  if (!found) throw new FenceLost(`Deploy ${deploy.id} has another runner.`)
}

/** Saves its steps too. @throws FenceLost as `saveSteps`. */
export const finishDeploy = async (
  tx: Db,
  _actor: Actor,
  deploy: Deploy,
  outcome: { status: 'succeeded' | 'failed' | 'cancelled'; failureReason?: string },
): Promise<void> => {
  const finished = await tx
    .updateTable('deploys')
    .set({
      status: outcome.status,
      steps: JSON.stringify(deploy.steps),
      failureReason: outcome.failureReason ?? null,
      finishedAt: sql<Date>`now()`,
    })
    .where('id', '=', deploy.id)
    .where('fence', '=', deploy.fence)
    .where('status', '=', 'running')
    .returning('id')
    .executeTakeFirst()
  if (!finished) throw new FenceLost(`Deploy ${deploy.id} has another runner.`)
}

/**
 * Ends the release's deploy unless its dynos take requests already; its runner finds that out by its fence. Undefined:
 * it was too late.
 */
export const cancelDeployOf = (
  tx: Db,
  _actor: Actor,
  releaseId: string,
  reason: string,
): Promise<Deploy | undefined> =>
  tx
    .updateTable('deploys')
    .set({ status: 'cancelled', failureReason: reason, finishedAt: sql<Date>`now()` })
    .where('releaseId', '=', releaseId)
    .where('kind', '=', 'release')
    .where('status', 'in', ['queued', 'running'])
    .where(
      sql<boolean>`not jsonb_path_exists(steps, '$[*] ? (@.name == "route" && @.finishedAt != null)')`,
    )
    .returning(COLUMNS)
    .executeTakeFirst()

/** Ends what waits, when the app goes. */
export const cancelQueuedDeploys = async (tx: Db, _actor: Actor, appId: string): Promise<void> => {
  await tx
    .updateTable('deploys')
    .set({
      status: 'cancelled',
      failureReason: 'The app was destroyed.',
      finishedAt: sql<Date>`now()`,
    })
    .where('appId', '=', appId)
    .where('status', 'in', ['queued', 'running'])
    .execute()
}

export const saveEvidence = async (
  tx: Db,
  _actor: Actor,
  id: string,
  evidence: Evidence,
): Promise<void> => {
  await tx
    .updateTable('deploys')
    .set({ evidence: JSON.stringify(evidence) })
    .where('id', '=', id)
    .execute()
}

export type RequestCounts = {
  served: number
  drained: number
  failed: number
  longestMs: number
  longestDrainedMs: number
}

const NO_REQUESTS: RequestCounts = {
  served: 0,
  drained: 0,
  failed: 0,
  longestMs: 0,
  longestDrainedMs: 0,
}

/** What the routers have counted for these dynos, all together. */
export const sumRequests = async (
  db: Db,
  _actor: Actor,
  dynoIds: string[],
): Promise<RequestCounts> => {
  if (dynoIds.length === 0) return NO_REQUESTS
  const { fn } = db
  const sums = await db
    .selectFrom('dynoRequests')
    .select([
      fn.coalesce(fn.sum<number>('served'), sql<number>`0`).as('served'),
      fn.coalesce(fn.sum<number>('drained'), sql<number>`0`).as('drained'),
      fn.coalesce(fn.sum<number>('failed'), sql<number>`0`).as('failed'),
      fn.coalesce(fn.max('longestMs'), sql<number>`0`).as('longestMs'),
      fn.coalesce(fn.max('longestDrainedMs'), sql<number>`0`).as('longestDrainedMs'),
    ])
    .where('dynoId', 'in', dynoIds)
    .executeTakeFirstOrThrow()
  return {
    served: Number(sums.served),
    drained: Number(sums.drained),
    failed: Number(sums.failed),
    longestMs: Number(sums.longestMs),
    longestDrainedMs: Number(sums.longestDrainedMs),
  }
}

/** Routers that are connected. */
export const listRouters = async (db: Db, _actor: Actor): Promise<string[]> =>
  (await db.selectFrom('followers').select('id').where('feed', '=', 'routes').execute()).map(
    ({ id }) => id,
  )

/**
 * Of these routers, of those that came since, and of those that have counted something for these dynos, the ones that
 * are neither connected nor have ended in order: what they counted last nobody knows.
 */
export const listLostRouters = async (
  db: Db,
  _actor: Actor,
  { routers, since, dynoIds }: { routers: string[]; since: Date; dynoIds: string[] },
): Promise<string[]> => {
  const { rows } = await sql<{ id: string }>`
    select id from (select unnest(${routers}::text[]) as id
      union select id from routers_seen where at >= ${since}
      union select router from dyno_requests where dyno_id = any(${dynoIds}::uuid[])) known
    where id not in (select id from followers where feed = 'routes') and id not in (select id from routers_gone)`.execute(
    db,
  )
  return rows.map(({ id }) => id)
}

/** The routers are given the app's route anew, and tell what they have counted before they say that they have it. */
export const touchRoute = async (tx: Db, _actor: Actor, appId: string): Promise<void> => {
  await sql`select touch_route(${appId})`.execute(tx)
}

/** True once every router that is connected shows the app as its newest change says; undefined if none is connected. */
export const haveRoutersApplied = async (
  db: Db,
  _actor: Actor,
  appId: string,
): Promise<boolean | undefined> => {
  const followers = await db
    .selectFrom('followers')
    .select('appliedNumber')
    .where('feed', '=', 'routes')
    .execute()
  if (followers.length === 0) return undefined
  const route = await db
    .selectFrom('appRoutes')
    .select('feedNumber')
    .where('appId', '=', appId)
    .executeTakeFirst()
  return followers.every(({ appliedNumber }) => appliedNumber >= (route?.feedNumber ?? 0))
}
