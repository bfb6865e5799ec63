import { hkdfSync } from 'node:crypto'
import { readMasterKeyFile } from '#/foundation/master-key-file.ts'
import type { Db } from '#/foundation/db.ts'
import { sha256 } from '#/foundation/ids.ts'
import { insertMasterKeyId, listMasterKeyIds } from '#/platform/app/master-key-store.ts'
import type { Keyring, MasterKey } from '#/platform/platform.ts'

/** Reads the master key from its file and makes sure that it is the one this database was sealed with. */
export const openKeyring = async (db: Db, path: string): Promise<Keyring> => {
  const keyring = keyringOf(await readMasterKeyFile(path))
  const missing = (await listMasterKeyIds(db)).filter(
    (known) => !keyring.keys.some(({ id }) => id === known),
  )
  if (missing.length > 0)
    throw new Error(
      `${path} is not the master key of this database (which was sealed with key ${missing.join(', ')}, not ${keyring.keys[0].id}). Put the right key back.`,
    )
  await insertMasterKeyId(db, keyring.keys[0].id)
  return keyring
}

export const keyringOf = ([first, ...others]: readonly [Buffer, ...Buffer[]]): Keyring => ({
  keys: [masterKeyOf(first), ...others.map(masterKeyOf)],
})

export const masterKeyOf = (key: Buffer): MasterKey => ({
  id: sha256(key).toString('hex').slice(0, 12),
  key,
  signingKey: Buffer.from(hkdfSync('sha256', key, '', 'sluice capability urls', 32)),
})
