import { sql } from 'kysely'
import type { Db } from '#/foundation/db.ts'
import { isId } from '#/foundation/ids.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { SOURCE_GRACE_MS, type Source } from './source.ts'

const COLUMNS = ['id', 'accountId', 'size', 'sha256', 'createdAt', 'expiresAt'] as const

export const insertSource = (
  db: Db,
  { accountId, expiresAt }: Pick<Source, 'accountId' | 'expiresAt'>,
): Promise<Source> =>
  db
    .insertInto('sources')
    .values({ accountId, expiresAt })
    .returning(COLUMNS)
    .executeTakeFirstOrThrow()

/** Whoever knows of it: its URL is the permission. */
export const findSource = async (db: Db, _actor: Actor, id: string): Promise<Source | undefined> =>
  isId(id)
    ? db.selectFrom('sources').select(COLUMNS).where('id', '=', id).executeTakeFirst()
    : undefined

export const markUploaded = async (
  db: Db,
  _actor: Actor,
  id: string,
  { size, sha256 }: { size: number; sha256: string },
): Promise<void> => {
  await db.updateTable('sources').set({ size, sha256 }).where('id', '=', id).execute()
}

/** Of those whose URLs ended long ago. */
export const deleteExpiredSources = async (db: Db, _actor: Actor): Promise<void> => {
  await db
    .deleteFrom('sources')
    .where('expiresAt', '<', sql<Date>`now() - ${SOURCE_GRACE_MS} * interval '1 ms'`)
    .execute()
}

/** Which of these ids are of sources that are still there. */
export const listSourcesAmong = async (
  db: Db,
  _actor: Actor,
  ids: string[],
): Promise<Map<string, Source>> => {
  const rows = await db
    .selectFrom('sources')
    .select(COLUMNS)
    .where('id', '=', sql<string>`any(${ids.filter(isId)}::uuid[])`)
    .execute()
  return new Map(rows.map((row) => [row.id, row]))
}
