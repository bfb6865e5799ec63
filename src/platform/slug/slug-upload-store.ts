import { sql } from 'kysely'
import type { Db } from '#/foundation/db.ts'
import { isId } from '#/foundation/ids.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { SlugUpload } from './slug-upload.ts'

const COLUMNS = [
  'id',
  'appId',
  'processTypes',
  'stack',
  'commit',
  'commitDescription',
  'buildpackProvidedDescription',
  'checksum',
  'createdAt',
  'expiresAt',
] as const

export const insertSlugUpload = (
  tx: Db,
  _actor: Actor,
  { processTypes, ...rest }: Omit<SlugUpload, 'id' | 'createdAt'>,
): Promise<SlugUpload> =>
  tx
    .insertInto('slugUploads')
    .values({ ...rest, processTypes: JSON.stringify(processTypes) })
    .returning(COLUMNS)
    .executeTakeFirstOrThrow()

/** Whoever knows of it: its URL is the permission. */
export const findSlugUpload = async (
  db: Db,
  _actor: Actor,
  id: string,
): Promise<SlugUpload | undefined> =>
  isId(id)
    ? db
        .selectFrom('slugUploads')
        .select(COLUMNS)
        .where('id', '=', id)
        .where('expiresAt', '>', sql<Date>`now()`)
        .executeTakeFirst()
    : undefined

/** Takes it away for the slug that it becomes; of two at once the second gets nothing. */
export const takeSlugUpload = (
  tx: Db,
  _actor: Actor,
  id: string,
): Promise<SlugUpload | undefined> =>
  tx.deleteFrom('slugUploads').where('id', '=', id).returning(COLUMNS).executeTakeFirst()

export const deleteExpiredSlugUploads = async (db: Db, _actor: Actor): Promise<void> => {
  await db
    .deleteFrom('slugUploads')
    .where('expiresAt', '<', sql<Date>`now()`)
    .execute()
}
