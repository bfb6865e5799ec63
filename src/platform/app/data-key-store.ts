import type { Db } from '#/foundation/db.ts'
import { newKey, seal, unseal } from '#/foundation/crypto.ts'
import type { Keyring } from '#/platform/platform.ts'

/** The app's data key, made at its first use. */
export const getDataKey = async (db: Db, keyring: Keyring, appId: string): Promise<Buffer> => {
  const found = await findDataKey(db, appId)
  if (found) return open(keyring, appId, found)
  const key = newKey()
  await db
    .insertInto('dataKeys')
    .values({
      appId,
      masterKeyId: keyring.masterKeyId,
      wrapped: seal(keyring.masterKey, place(appId), key),
    })
    .onConflict((conflict) => conflict.column('appId').doNothing())
    .execute()
  const stored = await findDataKey(db, appId)
  if (!stored) throw new Error('The data key was not stored.')
  return open(keyring, appId, stored)
}

const findDataKey = (db: Db, appId: string) =>
  db
    .selectFrom('dataKeys')
    .select(['wrapped', 'masterKeyId'])
    .where('appId', '=', appId)
    .executeTakeFirst()

const open = (
  keyring: Keyring,
  appId: string,
  stored: { wrapped: string; masterKeyId: string },
): Buffer => {
  if (stored.masterKeyId !== keyring.masterKeyId)
    throw new Error(
      `A data key is wrapped by master key ${stored.masterKeyId}, but this is ${keyring.masterKeyId}.`,
    )
  return unseal(keyring.masterKey, place(appId), stored.wrapped)
}

const place = (appId: string): string[] => ['data_keys', 'wrapped', appId]

/** Of any app: what the platform checks its master key against at start. */
export const findAnyMasterKeyId = async (db: Db): Promise<string | undefined> =>
  (await db.selectFrom('dataKeys').select('masterKeyId').limit(1).executeTakeFirst())?.masterKeyId
