import { sql } from 'kysely'
import type { Db } from '#/foundation/db.ts'
import { notFound } from '#/foundation/errors.ts'
import { isId } from '#/foundation/ids.ts'
import type { Range } from '#/foundation/range.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { BuildTakenAway, type Build, type BuildStep } from './build.ts'

const COLUMNS = [
  'id',
  'appId',
  'status',
  'failureReason',
  'commit',
  'commitDescription',
  'sourceUrl',
  'sourceVersion',
  'sourceChecksum',
  'branch',
  'branchFrom',
  'branchMovedAt',
  'sourceBranch',
  'receiver',
  'buildpacks',
  'stack',
  'slugId',
  'releaseId',
  'steps',
  'attempts',
  'createdBy',
  'createdByName',
  'createdAt',
  'updatedAt',
  'finishedAt',
] as const

export type NewBuild = Pick<Build, 'id' | 'appId' | 'stack' | 'commitDescription' | 'buildpacks'> &
  Partial<
    Pick<
      Build,
      | 'commit'
      | 'branch'
      | 'branchFrom'
      | 'sourceBranch'
      | 'receiver'
      | 'sourceUrl'
      | 'sourceVersion'
      | 'sourceChecksum'
    >
  >

/** Violates `builds_one_push` while an earlier push to the branch is under way. */
export const insertBuild = (
  tx: Db,
  actor: Actor,
  { buildpacks, ...rest }: NewBuild,
): Promise<Build> =>
  tx
    .insertInto('builds')
    .values({
      ...rest,
      buildpacks: buildpacks ? JSON.stringify(buildpacks) : null,
      createdBy: actor.accountId,
      createdByName: actor.name,
    })
    .returning(COLUMNS)
    .executeTakeFirstOrThrow()

export const getBuild = async (
  db: Db,
  _actor: Actor,
  appId: string,
  id: string,
): Promise<Build> => {
  const found = isId(id)
    ? await db
        .selectFrom('builds')
        .select(COLUMNS)
        .where('id', '=', id)
        .where('appId', '=', appId)
        .executeTakeFirst()
    : undefined
  if (!found) throw notFound('build')
  return found
}

export const findBuild = (db: Db, _actor: Actor, id: string): Promise<Build | undefined> =>
  db.selectFrom('builds').select(COLUMNS).where('id', '=', id).executeTakeFirst()

export const countPendingBuilds = async (db: Db, _actor: Actor, appId: string): Promise<number> => {
  const { count } = await db
    .selectFrom('builds')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('appId', '=', appId)
    .where('status', '=', 'pending')
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** PostgreSQL's times are finer than the wire's, which the bounds come from. */
const CREATED = sql<string>`date_trunc('milliseconds', created_at)`

/** In the order and within the bounds of `range` (`created_at` or `id`), one more than its `max` if there are more. */
export const listBuilds = (
  db: Db,
  _actor: Actor,
  appId: string,
  range: Range,
): Promise<Build[]> => {
  const key = range.property === 'id' ? sql<string>`id::text` : CREATED
  const forward = range.order === 'asc'
  const beyond = range.startIsExcluded ? (forward ? '>' : '<') : forward ? '>=' : '<='
  let query = db.selectFrom('builds').select(COLUMNS).where('appId', '=', appId)
  if (range.start !== undefined) query = query.where(key, beyond, range.start)
  if (range.end !== undefined) query = query.where(key, forward ? '<=' : '>=', range.end)
  return query
    .orderBy(key, range.order)
    .orderBy('id', range.order)
    .limit(range.max + 1)
    .execute()
}

export const findNewestBuild = (db: Db, _actor: Actor, appId: string): Promise<Build | undefined> =>
  db
    .selectFrom('builds')
    .select(COLUMNS)
    .where('appId', '=', appId)
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()

/** The push to that branch that has neither failed nor moved it yet. */
export const findPushUnderWay = (
  db: Db,
  _actor: Actor,
  appId: string,
  branch: string,
): Promise<Build | undefined> =>
  db
    .selectFrom('builds')
    .select(COLUMNS)
    .where('appId', '=', appId)
    .where('branch', '=', branch)
    .where('branchMovedAt', 'is', null)
    .where('status', '<>', 'failed')
    .executeTakeFirst()

/**
 * Takes a pending build for this runner; the raised number of attempts shuts an earlier runner out.
 * Undefined if it has ended.
 */
export const takeBuild = (tx: Db, _actor: Actor, id: string): Promise<Build | undefined> =>
  tx
    .updateTable('builds')
    .set({ attempts: sql`attempts + 1`, updatedAt: sql<Date>`now()` })
    .where('id', '=', id)
    .where('status', '=', 'pending')
    .returning(COLUMNS)
    .executeTakeFirst()

type Taken = Pick<Build, 'id' | 'attempts'>

/** @throws BuildTakenAway if the build has ended or another runner has it */
export const saveBuildSteps = async (
  tx: Db,
  _actor: Actor,
  build: Taken,
  steps: BuildStep[],
): Promise<void> => change(tx, build, { steps: JSON.stringify(steps) })

export type BuildOutcome =
  | { status: 'succeeded'; slugId: string; releaseId: string }
  | { status: 'failed'; failureReason: string }

/** @throws BuildTakenAway as `saveBuildSteps` */
export const finishBuild = (
  tx: Db,
  _actor: Actor,
  build: Taken,
  outcome: BuildOutcome,
): Promise<void> => change(tx, build, { ...outcome, finishedAt: sql<Date>`now()` })

const change = async (
  tx: Db,
  build: Taken,
  values: Partial<BuildOutcome> & { steps?: string; finishedAt?: ReturnType<typeof sql<Date>> },
): Promise<void> => {
  const changed = await tx
    .updateTable('builds')
    .set({ ...values, updatedAt: sql<Date>`now()` })
    .where('id', '=', build.id)
    .where('attempts', '=', build.attempts)
    .where('status', '=', 'pending')
    .returning('id')
    .executeTakeFirst()
  if (!changed) throw new BuildTakenAway(`Build ${build.id} has ended, or has another runner.`)
}

/** Ends a pending build, whoever runs it. Undefined if it had ended before. */
export const cancelPendingBuild = (
  tx: Db,
  _actor: Actor,
  id: string,
  reason: string,
): Promise<Build | undefined> =>
  tx
    .updateTable('builds')
    .set({
      status: 'failed',
      failureReason: reason,
      finishedAt: sql<Date>`now()`,
      updatedAt: sql<Date>`now()`,
    })
    .where('id', '=', id)
    .where('status', '=', 'pending')
    .returning(COLUMNS)
    .executeTakeFirst()

/** The push that the build came with is over: from now on the platform moves the branch. */
export const releaseReceiver = async (db: Db, _actor: Actor, id: string): Promise<void> => {
  await db.updateTable('builds').set({ receiver: null }).where('id', '=', id).execute()
}

/** Succeeded builds whose branch nobody but the platform will move. */
export const listUnmovedBuilds = (db: Db, _actor: Actor, id?: string): Promise<Build[]> => {
  const query = db
    .selectFrom('builds')
    .select(COLUMNS)
    .where('status', '=', 'succeeded')
    .where('branch', 'is not', null)
    .where('branchMovedAt', 'is', null)
    .where('receiver', 'is', null)
  return (id === undefined ? query : query.where('id', '=', id)).execute()
}

/** False if somebody has before. */
export const markBranchMoved = async (db: Db, _actor: Actor, id: string): Promise<boolean> => {
  const marked = await db
    .updateTable('builds')
    .set({ branchMovedAt: sql<Date>`now()`, receiver: null })
    .where('id', '=', id)
    .where('branchMovedAt', 'is', null)
    .returning('id')
    .executeTakeFirst()
  return marked !== undefined
}

/** Which of these ids are of builds that have not ended; for whoever tidies up after those that have. */
export const listPendingAmong = async (
  db: Db,
  _actor: Actor,
  ids: string[],
): Promise<Set<string>> => {
  const rows = await db
    .selectFrom('builds')
    .select('id')
    .where('id', '=', sql<string>`any(${ids.filter(isId)}::uuid[])`)
    .where('status', '=', 'pending')
    .execute()
  return new Set(rows.map(({ id }) => id))
}

/** Which of these ids are of builds of apps that are still there. */
export const listKnownAmong = async (
  db: Db,
  _actor: Actor,
  ids: string[],
): Promise<Set<string>> => {
  const rows = await db
    .selectFrom('builds')
    .innerJoin('apps', 'apps.id', 'builds.appId')
    .select('builds.id')
    .where('builds.id', '=', sql<string>`any(${ids.filter(isId)}::uuid[])`)
    .where('apps.destroyedAt', 'is', null)
    .execute()
  return new Set(rows.map(({ id }) => id))
}
