import { readFile, stat } from 'node:fs/promises'
import { hasCode } from '#/foundation/errors.ts'

/**
 * Reads the keys in the file of the master key: one of 64 hexadecimal digits a line, the newest first. There are two
 * only during a rotation. Throws with what is wrong and what to do about it.
 */
export const readMasterKeyFile = async (path: string): Promise<[Buffer, ...Buffer[]]> => {
  const { mode } = await stat(path).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT'))
      throw new Error(
        `There is no master key at ${path}. Put it back from your backup: a new one cannot open what is sealed.`,
      )
    throw error
  })
  if ((mode & OTHERS) !== 0)
    throw new Error(`The master key can be read by others. Run: chmod 0400 ${path}`)
  const [first, ...others] = (await readFile(path, 'utf8')).trim().split(/\s*\n\s*/)
  if (first === undefined || ![first, ...others].every((line) => KEY.test(line)))
    throw new Error(
      `${path} does not hold a master key, which is 64 hexadecimal digits. Put it back from your backup.`,
    )
  return [Buffer.from(first, 'hex'), ...others.map((line) => Buffer.from(line, 'hex'))]
}

const OTHERS = 0o077
const KEY = /^[0-9a-f]{64}$/
