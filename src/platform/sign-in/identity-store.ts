import type { Db } from '#/foundation/db.ts'

type Identity = { issuer: string; subject: string }

/** Whose account an identity of a provider was linked to. */
export const findIdentity = async (
  db: Db,
  { issuer, subject }: Identity,
): Promise<string | undefined> => {
  const found = await db
    .selectFrom('identities')
    .select('accountId')
    .where('issuer', '=', issuer)
    .where('subject', '=', subject)
    .executeTakeFirst()
  return found?.accountId
}

/** False if the account has another identity of that provider already. */
export const insertIdentity = async (
  tx: Db,
  identity: Identity & { accountId: string },
): Promise<boolean> => {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('identities')
    .values(identity)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}
