import { transaction, type Db } from '#/foundation/db.ts'
import { newKey, seal, unseal } from '#/foundation/crypto.ts'
import { masterKeysOf } from './keyring.ts'
import type { Keyring } from './platform.ts'

/** Whose key. */
type Owner = { appId: string } | { accountId: string } | { pipelineId: string }

type WrappedKey = { wrapped: string; masterKeyId: string }

/** The app's data key, made at its first use. */
export const getDataKey = (db: Db, keyring: Keyring, appId: string): Promise<Buffer> =>
  getKeyOf(db, keyring, { appId })

/** The app's data key, of its row. */
export const openAppKey = (keyring: Keyring, appId: string, row: WrappedKey): Buffer =>
  open(keyring, { appId }, row)

/** The account's data key, made at its first use. */
export const getAccountDataKey = (db: Db, keyring: Keyring, accountId: string): Promise<Buffer> =>
  getKeyOf(db, keyring, { accountId })

/** The pipeline's data key, made at its first use. */
export const getPipelineDataKey = (db: Db, keyring: Keyring, pipelineId: string): Promise<Buffer> =>
  getKeyOf(db, keyring, { pipelineId })

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

const open = (keyring: Keyring, owner: Owner, stored: WrappedKey): Buffer => {
  const master = masterKeysOf(keyring).find(({ masterKeyId }) => masterKeyId === stored.masterKeyId)
  if (!master)
    throw new Error(
      `A data key is wrapped by master key ${stored.masterKeyId}, which is not at hand.`,
    )
  return unseal(master.masterKey, place(owner), stored.wrapped)
}

/** An app's has no word before its id: keys that are there were sealed so. */
const place = (owner: Owner): string[] => {
  if ('appId' in owner) return ['data_keys', 'wrapped', owner.appId]
  return 'accountId' in owner
    ? ['data_keys', 'wrapped', 'account', owner.accountId]
    : ['data_keys', 'wrapped', 'pipeline', owner.pipelineId]
}

/** Wraps so many data keys anew that another master key than the newest still wraps. Returns how many it found. */
export const rewrapDataKeys = (db: Db, keyring: Keyring, most: number): Promise<number> =>
  transaction(db, async (tx) => {
    const rows = await tx
      .selectFrom('dataKeys')
      .select(['appId', 'accountId', 'pipelineId', 'wrapped', 'masterKeyId'])
      .where('masterKeyId', '<>', keyring.masterKeyId)
      .limit(most)
      .forNoKeyUpdate()
      .execute()
    for (const row of rows) {
      const owner = ownerOf(row)
      const wrapped = seal(keyring.masterKey, place(owner), open(keyring, owner, row))
      await tx
        .updateTable('dataKeys')
        .set({ wrapped, masterKeyId: keyring.masterKeyId })
        .where((eb) => eb.and(owner))
        .execute()
    }
    return rows.length
  })

const ownerOf = ({ appId, accountId, pipelineId }: Record<OwnerColumn, string | null>): Owner => {
  if (appId !== null) return { appId }
  if (accountId !== null) return { accountId }
  if (pipelineId !== null) return { pipelineId }
  throw new Error('A data key belongs to nobody.')
}

type OwnerColumn = 'appId' | 'accountId' | 'pipelineId'
