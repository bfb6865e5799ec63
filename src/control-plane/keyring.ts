import { readMasterKeyFile, type MasterKeyFile } from '#/foundation/master-key-file.ts'
import type { Db } from '#/foundation/db.ts'
import { keyringOf, masterKeysOf } from '#/platform/keyring.ts'
import { insertMasterKeyId, listMasterKeyIds } from '#/platform/master-key/master-key-store.ts'
import type { Keyring } from '#/platform/platform.ts'

/** Reads the master key from its file and makes sure that it is the one this database was sealed with. */
export const openKeyring = async (db: Db, file: MasterKeyFile): Promise<Keyring> => {
  const keyring = keyringOf(...(await readMasterKeyFile(file)))
  const held = masterKeysOf(keyring).map(({ masterKeyId }) => masterKeyId)
  const missing = (await listMasterKeyIds(db)).filter((id) => !held.includes(id))
  if (missing.length > 0)
    throw new Error(
      `${file.path} is not the master key of this database, which was sealed with key ${missing.join(', ')}, not ${held.join(', ')}. Put the right key back from your backup.`,
    )
  await insertMasterKeyId(db, keyring.masterKeyId)
  return keyring
}
