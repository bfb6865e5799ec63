import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode } from '#/foundation/errors.ts'
import { newId } from '#/foundation/ids.ts'
import { logFolder } from './segment-file.ts'

/** Who still had lines of the app to write has noticed by then. */
const MARK_MS = 24 * 3_600_000

const BEING_REMOVED = '.removed-'

/**
 * Removes an app's log for good. An empty file takes the folder's place for a day, so that a process
 * that has not yet heard of the app's end does not start its log anew. Doing it twice, or again after a crash, is fine.
 */
export const removeLog = async (logsDir: string, appId: string): Promise<void> => {
  const folder = logFolder(logsDir, appId)
  await mkdir(logsDir, { recursive: true })
  do {
    await moveAway(folder, join(logsDir, BEING_REMOVED + newId()))
    await sweep(logsDir)
  } while (!(await mark(folder)))
}

const moveAway = async (folder: string, to: string): Promise<void> => {
  try {
    await rename(folder, to)
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
  }
}

/** Removes what this removal, and those that were cut short, have moved away, and old marks. */
const sweep = async (logsDir: string): Promise<void> => {
  for (const entry of await readdir(logsDir, { withFileTypes: true })) {
    const path = join(logsDir, entry.name)
    if (entry.name.startsWith(BEING_REMOVED) || (entry.isFile() && (await isOldMark(path))))
      await rm(path, { recursive: true, force: true })
  }
}

const isOldMark = async (path: string): Promise<boolean> => {
  const found = await stat(path).catch(() => undefined) // somebody else sweeps too
  return found !== undefined && found.isFile() && Date.now() - found.mtimeMs > MARK_MS
}

/** False if a writer has made the folder again meanwhile. */
const mark = async (folder: string): Promise<boolean> => {
  try {
    await writeFile(folder, '', { mode: 0o600 })
    return true
  } catch (error) {
    if (hasCode(error, 'EISDIR')) return false
    throw error
  }
}
