import { readdir, unlink } from 'node:fs/promises'
import { hasCode } from '#/foundation/errors.ts'
import { isFolderName, listSegmentFiles, logFolder, type SegmentFile } from './segment-file.ts'

/** More than this many files of an app are too many, however small: a process that dies again and again leaves one each time. */
const MOST_FILES = 64

/** The newest file of a stream is left alone for as long after its last line: its writer may be about to add to it. */
const IN_USE_MS = 60_000

/** Removes the oldest files of an app's log until it fits its budget. Never `keep`. */
export const removeOldest = async (
  folder: string,
  budgetBytes: number,
  keep?: string,
): Promise<void> => {
  const files = await listSegmentFiles(folder)
  let bytes = totalBytes(files)
  let count = files.length
  for (const file of files.filter((each) => isRemovable(each, keep))) {
    if (bytes <= budgetBytes && count <= MOST_FILES) return
    await remove(file)
    bytes -= file.bytes
    count -= 1
  }
}

/** On a full disk: removes the oldest file of this app. False if it has none to give. */
export const giveUpOldest = async (folder: string, keep?: string): Promise<boolean> => {
  const oldest = (await listSegmentFiles(folder)).find((file) => isRemovable(file, keep))
  if (!oldest) return false
  await remove(oldest)
  return true
}

/** On a disk that others have filled: removes the oldest file of whichever app keeps most. Looks at every app's folder. */
export const takeFromLargest = async (logsDir: string): Promise<boolean> => {
  let largest: { bytes: number; oldest: SegmentFile } | undefined
  for (const appId of (await readdir(logsDir)).filter(isFolderName)) {
    const files = await listSegmentFiles(logFolder(logsDir, appId))
    const oldest = files.find((file) => isRemovable(file))
    const bytes = totalBytes(files)
    if (oldest && bytes > (largest?.bytes ?? 0)) largest = { bytes, oldest }
  }
  if (!largest) return false
  await remove(largest.oldest)
  return true
}

const totalBytes = (files: SegmentFile[]): number =>
  files.reduce((sum, file) => sum + file.bytes, 0)

const isRemovable = (file: SegmentFile, keep?: string): boolean =>
  file.path !== keep && !(file.isNewest && Date.now() - file.changedAt < IN_USE_MS)

const remove = async (file: SegmentFile): Promise<void> => {
  try {
    await unlink(file.path)
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error // another process was first
  }
}
