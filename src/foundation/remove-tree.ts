import { lstat, readdir, rmdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode } from '#/foundation/errors.ts'
import { run, runOrThrow } from '#/foundation/exec.ts'

/**
 * Removes whatever is at the path, also what users' code left there: trees deeper than the longest path, on which
 * node:fs gives up, and directories that their owner may not write to. Links are removed, not followed. Whoever may
 * write there must have ended.
 */
export const removeTree = async (path: string): Promise<void> => {
  if (await removeFlat(path)) return
  const removed = await run('rm', ['-rf', '--', path])
  if (removed.code === 0) return
  await run('chmod', ['-R', 'u+rwX', '--', path])
  await runOrThrow('rm', ['-rf', '--', path])
}

const FEW = 64

/**
 * Most of what is removed is a folder of a few files, or not there at all, and is not worth a program: while one is
 * started, nothing else happens here for milliseconds. Returns false if there is more to it.
 */
const removeFlat = async (path: string): Promise<boolean> => {
  try {
    if (!(await lstat(path)).isDirectory()) return false
    const entries = await readdir(path, { withFileTypes: true })
    if (entries.length > FEW || entries.some((entry) => entry.isDirectory())) return false
    await Promise.all(entries.map(({ name }) => unlink(join(path, name))))
    await rmdir(path)
    return true
  } catch (error) {
    return hasCode(error, 'ENOENT')
  }
}
