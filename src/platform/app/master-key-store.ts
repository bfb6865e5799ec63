import type { Db } from '#/foundation/db.ts'

/** Of every key that a data key is or may be wrapped by. */
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
