import { closeSync, fsyncSync, openSync, readdirSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { bytesPath, toBytes, type ByteString } from '#/artifact-store/manifest.ts'
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

/** More are flushed faster with all else that waits for this disk. */
const FEW = 300

/**
 * As `syncPath`, of everything below a directory: one by one if there are few, since to flush the whole file system is
 * to wait for what builds have just written; else by one call for all where `sync` offers that.
 */
export const syncBelow = async (directory: string): Promise<void> => {
  const root = toBytes(directory)
  const first = [...filesAndFolders(root).take(FEW + 1)]
  const isFew = first.length <= FEW
  if (!isFew && (await run('sync', ['-f', '--', directory])).code === 0) return
  for (const path of isFew ? first : filesAndFolders(root)) await flush(path)
}

/** Those below `root`, and itself. */
function* filesAndFolders(root: ByteString): Generator<ByteString> {
  yield root
  for (const entry of readdirSync(bytesPath(root), { encoding: 'latin1', withFileTypes: true })) {
    const path = `${root}/${entry.name}`
    if (entry.isDirectory()) yield* filesAndFolders(path)
    else if (entry.isFile()) yield path
  }
}

const flush = async (path: ByteString): Promise<void> => {
  const file = await open(bytesPath(path))
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
