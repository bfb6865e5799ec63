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
  'slugs.createdAt',
  'slugs.updatedAt',
] as const

/** With an id if it has been announced under one. */
export type NewSlug = Omit<Slug, 'id' | 'createdAt' | 'updatedAt'> & Partial<Pick<Slug, 'id'>>

export const insertSlug = (
  tx: Db,
  _actor: Actor,
  { processTypes, buildpacks, ...rest }: NewSlug,
): Promise<Slug> =>
  tx
    .insertInto('slugs')
    .values({
      ...rest,
      processTypes: JSON.stringify(processTypes),
      buildpacks: JSON.stringify(buildpacks),
    })
    .returning(COLUMNS)
    .executeTakeFirstOrThrow()

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
