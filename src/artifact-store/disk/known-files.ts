import type { Stats } from 'node:fs'

/**
 * Hashes of files outside the store that were packed before and may be packed again, as a runtime that each build of
 * an app finds in its cache. A file is known by its inode, size and time of change, which the kernel sets at each
 * write, link or change of mode, and nobody but it can: unlike the time of modification it cannot be set back.
 */
export type KnownFiles = {
  find: (identity: FileIdentity) => string | undefined
  /** Nothing may write to the file since it was hashed. */
  add: (identity: FileIdentity, sha256: string) => void
}

export type FileIdentity = Pick<Stats, 'dev' | 'ino' | 'size' | 'ctimeMs'>

/** About 8 MB of memory. The files that were packed longest ago are forgotten. */
const MOST_FILES = 30_000

/** The kernel's times of change are some milliseconds coarse: within those, a second write may not show. */
const SETTLED_MS = 100

export const rememberFiles = (mostFiles = MOST_FILES): KnownFiles => {
  const known = new Map<string, { size: number; ctimeMs: number; sha256: string }>()
  return {
    find: ({ size, ctimeMs, ...file }) => {
      const key = keyOf(file)
      const found = known.get(key)
      if (found?.size !== size || found.ctimeMs !== ctimeMs) return undefined
      known.delete(key)
      known.set(key, found)
      return found.sha256
    },
    add: ({ size, ctimeMs, ...file }, sha256) => {
      if (Date.now() - ctimeMs < SETTLED_MS) return
      known.set(keyOf(file), { size, ctimeMs, sha256 })
      const [oldest] = known.keys()
      if (known.size > mostFiles && oldest !== undefined) known.delete(oldest)
    },
  }
}

const keyOf = ({ dev, ino }: Pick<FileIdentity, 'dev' | 'ino'>): string => `${dev}:${ino}`
