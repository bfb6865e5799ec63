import { sql } from 'kysely'
import type { Db } from '#/foundation/db.ts'

/** Of every key that a data key is or may be wrapped by; the oldest first. */
export const listMasterKeyIds = async (db: Db): Promise<string[]> =>
  (await db.selectFrom('masterKeys').select('id').orderBy('createdAt').execute()).map(
    ({ id }) => id,
  )

/** Before anything is wrapped by it. */
export const insertMasterKeyId = async (db: Db, id: string): Promise<void> => {
  await db
    .insertInto('masterKeys')
    .values({ id })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/**
 * From now on no data key can be wrapped by the others: waits for transactions that have written one.
 * @throws a violation of `data_keys_master_key_id_fkey` if there is a data key that one of them wraps
 */
export const deleteOtherMasterKeyIds = async (tx: Db, id: string): Promise<void> => {
  await tx.deleteFrom('masterKeys').where('id', '<>', id).execute()
}

export const findMasterKey = (
  db: Db,
  id: string,
): Promise<{ id: string; createdAt: Date } | undefined> =>
  db.selectFrom('masterKeys').select(['id', 'createdAt']).where('id', '=', id).executeTakeFirst()

export const countDataKeysOfOthers = async (db: Db, id: string): Promise<number> =>
  (
    await db
      .selectFrom('dataKeys')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('masterKeyId', '<>', id)
      .executeTakeFirstOrThrow()
  ).count

/** Whether a job of that kind waits that was made before that key was there: it may be sealed by an older one. */
export const hasJobFromBefore = async (db: Db, kind: string, id: string): Promise<boolean> => {
  const { rows } = await sql<{ found: boolean }>`
    select exists (
      select from graphile_worker.jobs where task_identifier = ${kind} and attempts < max_attempts
        and created_at < (select created_at from master_keys where id = ${id})
    ) as found`.execute(db)
  return rows[0]?.found ?? false
}
