import { readFile, stat } from 'node:fs/promises'
import { config } from '#/foundation/config.ts'
import { writeDurably } from '#/foundation/durable-file.ts'
import { hasCode } from '#/foundation/errors.ts'

export type MasterKeyFile = {
  path: string
  /** Whether it lies in the data directory, so that we may write it. Else somebody hands it in, such as systemd. */
  isOurs: boolean
}

export const masterKeyFileOf = (paths: { masterKey: string }): MasterKeyFile =>
  config.masterKeyFile === ''
    ? { path: paths.masterKey, isOurs: true }
    : { path: config.masterKeyFile, isOurs: false }

/**
 * Reads the keys in the file of the master key: one of 64 hexadecimal digits a line, the newest first. There are two
 * only during a rotation. Throws with what is wrong and what to do about it.
 */
export const readMasterKeyFile = async ({
  path,
  isOurs,
}: MasterKeyFile): Promise<[Buffer, ...Buffer[]]> => {
  const mode = await modeOf(path)
  if (mode === undefined)
    throw new Error(
      isOurs
        ? `The master key ${path} is missing. Put it back from your backup: a new key could not open what is sealed with the old one.`
        : `The master key ${path} is missing. SLUICE_MASTER_KEY_FILE, or a credential of systemd, says that it is there.`,
    )
  // systemd lets a unit's own user read by an access list, which shows as the group's permission.
  if ((mode & (isOurs ? 0o077 : 0o007)) !== 0)
    throw new Error(`The master key can be read by others. Run: chmod 0400 ${path}`)
  const [first, ...others] = (await readFile(path, 'utf8')).trim().split(/\s*\n\s*/)
  if (first === undefined || ![first, ...others].every((line) => KEY.test(line)))
    throw new Error(
      `${path} does not hold a master key, which is a line of 64 hexadecimal digits. Put it back from your backup.`,
    )
  return [Buffer.from(first, 'hex'), ...others.map((line) => Buffer.from(line, 'hex'))]
}

const KEY = /^[0-9a-f]{64}$/

export const isMasterKeyThere = async ({ path }: MasterKeyFile): Promise<boolean> =>
  (await modeOf(path)) !== undefined

const modeOf = async (path: string): Promise<number | undefined> => {
  try {
    return (await stat(path)).mode
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}

/** In one step, whatever happens: the file holds either the keys of before or these. */
export const writeMasterKeyFile = (path: string, keys: readonly Buffer[]): Promise<void> =>
  writeDurably(path, keys.map((key) => `${key.toString('hex')}\n`).join(''), 0o400)
