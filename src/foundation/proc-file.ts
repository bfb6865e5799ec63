import { closeSync, openSync, readSync } from 'node:fs'

const CHUNK = Buffer.alloc(16 * 1024)

/**
 * The beginning, of up to 16 KB, of what the kernel says in a file of /proc. These files have no size, for which node:fs
 * asks first and then takes 64 KB for each: whoever looks at many of them, many times a second, spends most of his time
 * on that. @throws what `openSync` and `readSync` do: ENOENT or ESRCH for a process that has ended
 */
export const readProcFile = (path: string): string => {
  const file = openSync(path, 'r')
  try {
    let length = 0
    while (length < CHUNK.length) {
      const count = readSync(file, CHUNK, length, CHUNK.length - length, null)
      if (count === 0) break
      length += count
    }
    return CHUNK.toString('latin1', 0, length)
  } finally {
    closeSync(file)
  }
}
