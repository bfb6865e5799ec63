import { sql } from 'kysely'
import type { Db } from '#/foundation/db.ts'
import { notFound } from '#/foundation/errors.ts'
import { isId } from '#/foundation/ids.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Slug } from './slug.ts'

const COLUMNS = [
  'slugs.id',
  'slugs.appId',
  'slugs.digest',
  'slugs.processTypes',
  'slugs.stack',
  'slugs.commit',
  'slugs.commitDescription',
  'slugs.buildpacks',
  'slugs.buildpackProvidedDescription',
  'slugs.size',
  'slugs.pathRules',
  'slugs.healthPath',
  'slugs.bakedIn',
  'slugs.removedAt',
  'slugs.createdAt',
  'slugs.updatedAt',
] as const

/** With an id if it has been announced under one. */
export type NewSlug = Omit<
  Slug,
  'id' | 'pathRules' | 'healthPath' | 'bakedIn' | 'removedAt' | 'createdAt' | 'updatedAt'
> &
  Partial<Pick<Slug, 'id' | 'pathRules' | 'healthPath' | 'bakedIn'>>

/** From here until the transaction ends nobody removes the artifact: see `lockDigest`. */
export const insertSlug = async (
  tx: Db,
  _actor: Actor,
  { processTypes, buildpacks, pathRules, bakedIn, ...rest }: NewSlug,
): Promise<Slug> => {
  await lockDigest(tx, rest.digest)
  return tx
    .insertInto('slugs')
    .values({
      ...rest,
      processTypes: JSON.stringify(processTypes),
      buildpacks: JSON.stringify(buildpacks),
      pathRules: pathRules ? JSON.stringify(pathRules) : null,
      bakedIn: bakedIn ? JSON.stringify(bakedIn) : null,
    })
    .returning(COLUMNS)
    .executeTakeFirstOrThrow()
}

/** Until the transaction ends nobody else says that a slug of this digest is there, or removes its artifact. */
export const lockDigest = async (tx: Db, digest: string): Promise<void> => {
  await sql`select pg_advisory_xact_lock(hashtextextended(${digest}, 0))`.execute(tx)
}

export const getSlug = (db: Db, _actor: Actor, id: string): Promise<Slug> =>
  db.selectFrom('slugs').select(COLUMNS).where('id', '=', id).executeTakeFirstOrThrow()

export const findSlug = (db: Db, _actor: Actor, id: string): Promise<Slug | undefined> =>
  db.selectFrom('slugs').select(COLUMNS).where('id', '=', id).executeTakeFirst()

/** One that was built for the app or that one of its releases runs (a promotion's). */
export const getSlugOfApp = async (
  db: Db,
  _actor: Actor,
  appId: string,
  id: string,
): Promise<Slug> => {
  const found = isId(id)
    ? await db
        .selectFrom('slugs')
        .select(COLUMNS)
        .where('id', '=', id)
        .where((eb) =>
          eb.or([
            eb('slugs.appId', '=', appId),
            eb.exists(
              eb
                .selectFrom('releases')
                .select('releases.id')
                .whereRef('releases.slugId', '=', 'slugs.id')
                .where('releases.appId', '=', appId),
            ),
          ]),
        )
        .executeTakeFirst()
    : undefined
  if (!found) throw notFound('slug')
  return found
}

const YOUNG = sql<Date>`now() - interval '7 days'`

/**
 * Slugs that nobody can want again: older than a week, not among the `kept` different ones that a living app has
 * released last, not run by a release that is current or under way, nor by a dyno.
 */
export const listUnwantedSlugs = async (
  db: Db,
  _actor: Actor,
  kept: number,
): Promise<{ id: string; digest: string }[]> =>
  db
    .with('recent', (with_) =>
      with_
        .selectFrom('releases')
        .innerJoin('apps', 'apps.id', 'releases.appId')
        .where('apps.destroyedAt', 'is', null)
        .where('releases.slugId', 'is not', null)
        .groupBy(['releases.appId', 'releases.slugId'])
        .select((eb) => [
          'releases.slugId',
          sql<boolean>`row_number() over (partition by ${eb.ref('releases.appId')} order by max(${eb.ref('releases.version')}) desc) <= ${kept}
            or bool_or(${eb.ref('releases.current')} or ${eb.ref('releases.status')} = 'pending')`.as(
            'isWanted',
          ),
        ]),
    )
    .selectFrom('slugs')
    .select(['slugs.id', 'slugs.digest'])
    .where('slugs.removedAt', 'is', null)
    .where('slugs.createdAt', '<', YOUNG)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('recent')
            .select('recent.slugId')
            .whereRef('recent.slugId', '=', 'slugs.id')
            .where('recent.isWanted', '=', true),
        ),
      ),
    )
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('dynos')
            .innerJoin('releases', 'releases.id', 'dynos.releaseId')
            .select('dynos.id')
            .whereRef('releases.slugId', '=', 'slugs.id')
            .where('dynos.stoppedAt', 'is', null),
        ),
      ),
    )
    .execute()

/** Until the transaction ends nobody releases them. */
export const lockSlugs = async (tx: Db, _actor: Actor, ids: readonly string[]): Promise<void> => {
  await tx
    .selectFrom('slugs')
    .select('id')
    .where('id', 'in', ids)
    .orderBy('id')
    .forUpdate()
    .execute()
}

export const markSlugsRemoved = async (
  tx: Db,
  _actor: Actor,
  ids: readonly string[],
): Promise<void> => {
  await tx
    .updateTable('slugs')
    .set({ removedAt: sql<Date>`now()`, updatedAt: sql<Date>`now()` })
    .where('id', 'in', ids)
    .execute()
}

/** Digests whose every slug was given up at most a month ago: their artifacts may still be there. */
export const listGivenUpDigests = async (db: Db, _actor: Actor): Promise<string[]> => {
  const rows = await db
    .selectFrom('slugs')
    .select('digest')
    .groupBy('digest')
    .having(sql<boolean>`bool_and(removed_at is not null)`)
    .having(sql<boolean>`max(removed_at) > now() - interval '30 days'`)
    .execute()
  return rows.map(({ digest }) => digest)
}

export const isDigestWanted = async (db: Db, _actor: Actor, digest: string): Promise<boolean> =>
  (await db
    .selectFrom('slugs')
    .select('id')
    .where('digest', '=', digest)
    .where('removedAt', 'is', null)
    .limit(1)
    .executeTakeFirst()) !== undefined
