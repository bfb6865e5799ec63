import { closeSync, fsyncSync, openSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '#/foundation/exec.ts'

/** Makes a file, or the entries of a directory, outlive a power cut. */
export const syncPath = (path: string): void => {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** As `syncPath`, of everything below a directory: by one call for the whole file system where `sync` offers that. */
export const syncBelow = async (directory: string): Promise<void> => {
  if ((await run('sync', ['-f', '--', directory])).code === 0) return
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true }))
    if (entry.isFile() || entry.isDirectory()) syncPath(join(entry.parentPath, entry.name))
  syncPath(directory)
}
