import type { Db } from '#/foundation/db.ts'
import { newKey, seal, unseal } from '#/foundation/crypto.ts'
import type { Keyring } from '#/platform/platform.ts'

/** Whose key: of an app, or of an account. */
type Owner = { appId: string } | { accountId: string }

/** The app's data key, made at its first use. */
export const getDataKey = (db: Db, keyring: Keyring, appId: string): Promise<Buffer> =>
  getKeyOf(db, keyring, { appId })

/** The account's data key, made at its first use. */
export const getAccountDataKey = (db: Db, keyring: Keyring, accountId: string): Promise<Buffer> =>
  getKeyOf(db, keyring, { accountId })

const getKeyOf = async (db: Db, keyring: Keyring, owner: Owner): Promise<Buffer> => {
  const found = await findDataKey(db, owner)
  if (found) return open(keyring, owner, found)
  const wrapped = seal(keyring.masterKey, place(owner), newKey())
  await db
    .insertInto('dataKeys')
    .values({ ...owner, masterKeyId: keyring.masterKeyId, wrapped })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const stored = await findDataKey(db, owner)
  if (!stored) throw new Error('The data key was not stored.')
  return open(keyring, owner, stored)
}

const findDataKey = (db: Db, owner: Owner) =>
  db
    .selectFrom('dataKeys')
    .select(['wrapped', 'masterKeyId'])
    .where((eb) => eb.and(owner))
    .executeTakeFirst()

const open = (
  keyring: Keyring,
  owner: Owner,
  stored: { wrapped: string; masterKeyId: string },
): Buffer => {
  if (stored.masterKeyId !== keyring.masterKeyId)
    throw new Error(
      `A data key is wrapped by master key ${stored.masterKeyId}, but this is ${keyring.masterKeyId}.`,
    )
  return unseal(keyring.masterKey, place(owner), stored.wrapped)
}

/** An app's has no word before its id: keys that are there were sealed so. */
const place = (owner: Owner): string[] =>
  'appId' in owner
    ? ['data_keys', 'wrapped', owner.appId]
    : ['data_keys', 'wrapped', 'account', owner.accountId]

/** Of any owner: what the platform checks its master key against at start. */
export const findAnyMasterKeyId = async (db: Db): Promise<string | undefined> =>
  (await db.selectFrom('dataKeys').select('masterKeyId').limit(1).executeTakeFirst())?.masterKeyId
