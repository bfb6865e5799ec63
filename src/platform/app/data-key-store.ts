import type { Db } from '#/foundation/db.ts'
import { newKey, seal, unseal } from '#/foundation/crypto.ts'
import type { Keyring } from '#/platform/platform.ts'

/** The app's data key, made at its first use. */
export const getDataKey = async (db: Db, keyring: Keyring, appId: string): Promise<Buffer> => {
  const found = await findDataKey(db, appId)
  if (found) return open(keyring, appId, found)
  const [master] = keyring.keys
  await db
    .insertInto('dataKeys')
    .values({ appId, masterKeyId: master.id, wrapped: seal(master.key, place(appId), newKey()) })
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
  const master = keyring.keys.find(({ id }) => id === stored.masterKeyId)
  if (!master)
    throw new Error(
      `A data key is wrapped by master key ${stored.masterKeyId}, which is not at hand.`,
    )
  return unseal(master.key, place(appId), stored.wrapped)
}

const place = (appId: string): string[] => ['data_keys', 'wrapped', appId]
