import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeDurably } from '#/foundation/durable-file.ts'
import { hasCode } from '#/foundation/errors.ts'

/**
 * A file of certificates that a client may be told to trust: our authority's, and those of the first of `others` that
 * can be read, which the client trusts now. Where we may not write it is just our authority's own file.
 * @param client whose file it is: `git`, `node`
 */
export const trustFile = async (
  dir: string,
  client: string,
  others: (string | undefined)[],
): Promise<string> => {
  const ownPath = join(dir, 'ca.pem')
  const own = await readFile(ownPath, 'utf8')
  const path = join(dir, `trusted-by-${client}.pem`)
  // The client has it from us already, and with it whom it trusted before.
  if (others.includes(path) && (await readIfThere(path))?.startsWith(own)) return path
  const trusted = await readFirst(others.filter((other) => other !== ownPath))
  if (trusted === undefined) return ownPath
  try {
    await writeDurably(path, `${own}\n${trusted}`, 0o644)
    return path
  } catch (error) {
    if (hasCode(error, 'EACCES') || hasCode(error, 'EROFS') || hasCode(error, 'ENOSPC'))
      return ownPath
    throw error
  }
}

const readFirst = async (paths: (string | undefined)[]): Promise<string | undefined> => {
  for (const path of paths) {
    const text = path ? await readIfThere(path) : undefined
    if (text !== undefined) return text
  }
  return undefined
}

const readIfThere = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'EACCES')) return undefined
    throw error
  }
}
