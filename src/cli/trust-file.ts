import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { writeDurably } from '#/foundation/durable-file.ts'
import { hasCode } from '#/foundation/errors.ts'

/**
 * A file of certificates that a client may be told to trust: our authority's, and those of the first of `others` that
 * is there, which the client trusts now. Without any, or where we may not write, just our authority's own file.
 * @param client whose file it is: `git`, `node`
 */
export const trustFile = async (
  dir: string,
  client: string,
  others: (string | undefined)[],
): Promise<string> => {
  const own = join(dir, 'ca.pem')
  const path = join(dir, `trusted-by-${client}.pem`)
  const other = others.find((one) => one !== undefined && one !== '' && dirname(one) !== dir)
  const trusted = other === undefined ? undefined : await readIfThere(other)
  if (trusted === undefined) return own
  try {
    await writeDurably(path, `${await readFile(own, 'utf8')}\n${trusted}`, 0o644)
    return path
  } catch (error) {
    if (hasCode(error, 'EACCES') || hasCode(error, 'EROFS') || hasCode(error, 'ENOSPC')) return own
    throw error
  }
}

const readIfThere = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'EACCES')) return undefined
    throw error
  }
}
