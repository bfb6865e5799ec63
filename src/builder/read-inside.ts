import { constants } from 'node:fs'
import { open, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode } from '#/foundation/errors.ts'

/**
 * What is in a file of a tree that users' code made, or undefined if there is none. Links are followed as long as they
 * stay in the tree; a folder or pipe of that name is no file. Nothing may run in the tree meanwhile.
 * @throws TooLong if there are more bytes than `limitBytes`
 */
export const readInside = async (
  root: string,
  name: string,
  limitBytes: number,
): Promise<string | undefined> => {
  const path = await resolveInside(root, name)
  if (path === undefined) return undefined
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const stats = await file.stat()
    if (!stats.isFile()) return undefined
    if (stats.size > limitBytes) throw new TooLong(`${name} has more than ${limitBytes} bytes.`)
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}

export const isFileInside = async (root: string, name: string): Promise<boolean> => {
  const path = await resolveInside(root, name)
  return path !== undefined && (await stat(path)).isFile()
}

/** Where a folder of the tree really is; undefined if it is none, or a link is on the way to it. */
export const folderInside = async (root: string, name: string): Promise<string | undefined> => {
  const path = await resolveInside(root, name)
  if (path === undefined || path !== join(await realpath(root), name)) return undefined
  return (await stat(path)).isDirectory() ? path : undefined
}

export class TooLong extends Error {
  override readonly name = 'TooLong'
}

const resolveInside = async (root: string, name: string): Promise<string | undefined> => {
  try {
    const [base, path] = await Promise.all([realpath(root), realpath(join(root, name))])
    return path.startsWith(`${base}/`) ? path : undefined
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].some((code) => hasCode(error, code))) return undefined
    throw error
  }
}
