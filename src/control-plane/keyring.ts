import { hkdfSync } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import type { Db } from '#/foundation/db.ts'
import { hasCode } from '#/foundation/errors.ts'
import { sha256 } from '#/foundation/ids.ts'
import { findAnyMasterKeyId } from '#/platform/data-key-store.ts'
import type { Keyring } from '#/platform/platform.ts'

/** Reads the master key from its file and makes sure that it is the one this database was sealed with. */
export const openKeyring = async (db: Db, path: string): Promise<Keyring> => {
  const keyring = keyringOf(await readMasterKey(path))
  const sealedWith = await findAnyMasterKeyId(db)
  if (sealedWith !== undefined && sealedWith !== keyring.masterKeyId)
    throw new Error(
      `${path} is not the master key of this database (which was sealed with key ${sealedWith}). Put the right key back.`,
    )
  return keyring
}

export const keyringOf = (masterKey: Buffer): Keyring => ({
  masterKey,
  masterKeyId: sha256(masterKey).toString('hex').slice(0, 12),
  signingKey: Buffer.from(hkdfSync('sha256', masterKey, '', 'sluice capability urls', 32)),
})

const readMasterKey = async (path: string): Promise<Buffer> => {
  const { mode } = await stat(path).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT'))
      throw new Error(
        `There is no master key at ${path}. Put it back from your backup: a new one cannot open what is sealed.`,
      )
    throw error
  })
  if ((mode & 0o077) !== 0)
    throw new Error(`${path} can be read by others. Run: chmod 0400 ${path}`)
  const text = (await readFile(path, 'utf8')).trim()
  if (!/^[0-9a-f]{64}$/.test(text))
    throw new Error(`${path} does not hold a master key (64 hexadecimal digits).`)
  return Buffer.from(text, 'hex')
}
