import type { Dirent } from 'node:fs'
import { lstat, opendir } from 'node:fs/promises'
import { join } from 'node:path'

const BLOCK_BYTES = 512

/**
 * Bytes on the disk of what is in a folder, about; a folder that is not there has none, and what is removed meanwhile is
 * left out, as are folders that are closed to us. Stops once it is more than `limitBytes`.
 */
export const diskUse = async (folder: string, limitBytes: number): Promise<number> => {
  let bytes = 0
  const folders = [folder]
  for (let path = folders.pop(); path !== undefined; path = folders.pop()) {
    for await (const entry of entriesOf(path)) {
      const child = join(path, entry.name)
      bytes += await bytesOf(child)
      if (bytes > limitBytes) return bytes
      if (entry.isDirectory()) folders.push(child)
    }
  }
  return bytes
}

async function* entriesOf(path: string): AsyncGenerator<Dirent> {
  try {
    yield* await opendir(path)
  } catch {
    // gone, or closed to us
  }
}

/** What has several names counts once, a share for each. */
const bytesOf = async (path: string): Promise<number> => {
  try {
    const found = await lstat(path)
    return (found.blocks * BLOCK_BYTES) / (found.isDirectory() ? 1 : Math.max(1, found.nlink))
  } catch {
    return 0 // removed meanwhile
  }
}

/** So many times longer than a look takes nobody looks again: an app of very many files costs no more than that. */
const REST = 20

/** Looks at what one run has written below /app, over and over. */
export class DiskWatch {
  #nextAt = 0

  /** Whether it is over its limit, as far as it is time to look. */
  async isOver(runDir: string, limitBytes: number): Promise<boolean> {
    const began = performance.now()
    if (began < this.#nextAt) return false
    // Where the kernel offers overlays only what differs from the slug; else a copy of all of it.
    for (const name of ['upper', 'copy'])
      if ((await diskUse(join(runDir, name), limitBytes)) > limitBytes) return true
    const ended = performance.now()
    this.#nextAt = ended + REST * (ended - began)
    return false
  }
}
