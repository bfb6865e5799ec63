import { sql } from 'kysely'
import type { Db } from '#/foundation/db.ts'
import { notFound } from '#/foundation/errors.ts'
import { isId } from '#/foundation/ids.ts'
import type { Range } from '#/foundation/range.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Release } from './release.ts'

const COLUMNS = [
  'releases.id',
  'releases.appId',
  'releases.version',
  'releases.slugId',
  'releases.configSnapshotId',
  'releases.description',
  'releases.status',
  'releases.failureReason',
  'releases.current',
  'releases.formation',
  'releases.addOns',
  'releases.cause',
  'releases.createdBy',
  'releases.createdByName',
  'releases.createdAt',
  'releases.updatedAt',
] as const

export type NewRelease = Pick<
  Release,
  'appId' | 'slugId' | 'configSnapshotId' | 'description' | 'formation' | 'addOns' | 'cause'
>

/** The version is the database's to give. */
export const insertRelease = (
  tx: Db,
  actor: Actor,
  { formation, addOns, ...rest }: NewRelease,
): Promise<Release> =>
  tx
    .insertInto('releases')
    .values({
      ...rest,
      formation: JSON.stringify(formation),
      addOns: JSON.stringify(addOns),
      createdBy: actor.accountId,
      createdByName: actor.name,
    })
    .returning(COLUMNS)
    .executeTakeFirstOrThrow()

/** @param ref an id, `7` or `v7` */
export const getRelease = async (
  db: Db,
  _actor: Actor,
  appId: string,
  ref: string,
): Promise<Release> => {
  const query = releasesOf(db, appId)
  const version = Number(ref.replace(/^v/, ''))
  const found = isId(ref)
    ? await query.where('id', '=', ref).executeTakeFirst()
    : Number.isSafeInteger(version) && version < 2 ** 31
      ? await query.where('version', '=', version).executeTakeFirst()
      : undefined
  if (!found) throw notFound('release')
  return found
}

export const getReleaseById = (db: Db, _actor: Actor, id: string): Promise<Release> =>
  db.selectFrom('releases').select(COLUMNS).where('id', '=', id).executeTakeFirstOrThrow()

/** In the order and within the bounds of `range` (property `version`), one more than its `max` if there are more. */
export const listReleases = (
  db: Db,
  _actor: Actor,
  appId: string,
  range: Range,
): Promise<Release[]> => {
  let query = releasesOf(db, appId)
  const forward = range.order === 'asc'
  if (range.start !== undefined)
    query = query.where(
      'version',
      range.startIsExcluded ? (forward ? '>' : '<') : forward ? '>=' : '<=',
      Number(range.start),
    )
  if (range.end !== undefined)
    query = query.where('version', forward ? '<=' : '>=', Number(range.end))
  return query
    .orderBy('version', range.order)
    .limit(range.max + 1)
    .execute()
}

const releasesOf = (db: Db, appId: string) =>
  db.selectFrom('releases').select(COLUMNS).where('appId', '=', appId)

type ReleaseQuery = ReturnType<typeof releasesOf>

const newestOf = (query: ReleaseQuery): Promise<Release | undefined> =>
  query.orderBy('version', 'desc').limit(1).executeTakeFirst()

type MaybeRelease = Promise<Release | undefined>

export const findCurrentRelease = (db: Db, _actor: Actor, appId: string): MaybeRelease =>
  releasesOf(db, appId).where('current', '=', true).executeTakeFirst()

export const findNewestRelease = (db: Db, _actor: Actor, appId: string): MaybeRelease =>
  newestOf(releasesOf(db, appId))

/** The newest that changed the app's code or process types, which is what a slug holds. */
export const findNewestDeployment = (db: Db, _actor: Actor, appId: string): MaybeRelease =>
  newestOf(
    releasesOf(db, appId)
      .where('slugId', 'is not', null)
      .where((eb) =>
        eb.not(
          eb.exists(
            eb
              .selectFrom('releases as before')
              .select('before.id')
              .whereRef('before.appId', '=', 'releases.appId')
              .whereRef('before.version', '=', sql<number>`releases.version - 1`)
              .whereRef('before.slugId', '=', 'releases.slugId'),
          ),
        ),
      ),
  )

/** The newest before that version which has served, with code. */
export const findServedBefore = (
  db: Db,
  _actor: Actor,
  appId: string,
  version: number,
): MaybeRelease =>
  newestOf(
    releasesOf(db, appId)
      .where('version', '<', version)
      .where('status', '=', 'succeeded')
      .where('slugId', 'is not', null),
  )

/** The newest that has not failed, with the code that the next release takes over: one that is pending may soon be the current one. */
export const findReleaseToFollow = (db: Db, _actor: Actor, appId: string): MaybeRelease =>
  newestOf(releasesOf(db, appId).where('status', '<>', 'failed'))

/** The newest with code that has not failed; if all have, the newest of those. */
export const findReleaseWithCode = (db: Db, _actor: Actor, appId: string): MaybeRelease =>
  newestOf(
    releasesOf(db, appId)
      .where('slugId', 'is not', null)
      .orderBy((eb) => eb('status', '=', 'failed')),
  )

/** From now on this is the app's release, in place of the one before. */
export const makeCurrent = async (tx: Db, _actor: Actor, release: Release): Promise<void> => {
  await tx
    .updateTable('releases')
    .set({ current: false, updatedAt: sql<Date>`now()` })
    .where('appId', '=', release.appId)
    .where('current', '=', true)
    .where('id', '<>', release.id)
    .execute()
  await tx
    .updateTable('releases')
    .set({ current: true, updatedAt: sql<Date>`now()` })
    .where('id', '=', release.id)
    .execute()
}

/** Every request is answered by it. */
export const markSucceeded = async (tx: Db, _actor: Actor, id: string): Promise<void> => {
  await tx
    .updateTable('releases')
    .set({ status: 'succeeded', updatedAt: sql<Date>`now()` })
    .where('id', '=', id)
    .where('status', '=', 'pending')
    .execute()
}

/** One that takes requests already has succeeded, whatever ends its deploy. */
const failedFor = (reason: string) => ({
  status: sql<'failed' | 'succeeded'>`case when current then 'succeeded' else 'failed' end`,
  failureReason: sql<string | null>`case when current then null else ${reason} end`,
  updatedAt: sql<Date>`now()`,
})

export const markFailed = async (
  tx: Db,
  _actor: Actor,
  id: string,
  reason: string,
): Promise<void> => {
  await tx
    .updateTable('releases')
    .set(failedFor(reason))
    .where('id', '=', id)
    .where('status', '=', 'pending')
    .execute()
}

/** Which of these releases have code with a release command. */
export const listReleasesWithReleasePhase = async (db: Db, ids: string[]): Promise<Set<string>> => {
  if (ids.length === 0) return new Set()
  const rows = await db
    .selectFrom('releases')
    .innerJoin('slugs', 'slugs.id', 'releases.slugId')
    .select('releases.id')
    .where('releases.id', 'in', ids)
    .where(sql<boolean>`slugs.process_types ? 'release'`)
    .execute()
  return new Set(rows.map(({ id }) => id))
}

/** Ends what waits, when the app goes. */
export const failPendingReleases = async (
  tx: Db,
  _actor: Actor,
  appId: string,
  reason: string,
): Promise<void> => {
  await tx
    .updateTable('releases')
    .set(failedFor(reason))
    .where('appId', '=', appId)
    .where('status', '=', 'pending')
    .execute()
}
