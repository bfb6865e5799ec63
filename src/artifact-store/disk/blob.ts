import {
  closeSync,
  fchmodSync,
  fchownSync,
  futimesSync,
  lchownSync,
  linkSync,
  lstatSync,
  openSync,
  unlinkSync,
  utimesSync,
  type Stats,
} from 'node:fs'
import { join } from 'node:path'
import { bytesPath, type ByteString, type FileEntry } from '#/artifact-store/manifest.ts'
import { hasCode } from '#/foundation/errors.ts'
import type { Owner, StoreFolders } from './store-folders.ts'

/**
 * A blob is the content of a file, stored once for all artifacts, twice if some have it executable, and hard-linked
 * into each layer that has it. Large ones lie by size, so that a file can be compared with its like instead of hashed.
 */
export type Blob = Pick<FileEntry, 'sha256' | 'size' | 'executable'>

export const LARGE_BYTES = 1024 * 1024

export const blobName = ({ sha256, executable }: Blob): string =>
  executable ? `${sha256}.x` : sha256

export const blobPath = (store: StoreFolders, blob: Blob): string =>
  join(
    blob.size >= LARGE_BYTES
      ? largeBlobsOfSize(store, blob.size)
      : join(store.blobs, blob.sha256.slice(0, 2)),
    blobName(blob),
  )

export const largeBlobsOfSize = (store: StoreFolders, size: number): string =>
  join(store.blobs, 'large', String(size))

/**
 * Marks a file whose content has just been hashed, or written from what was: mode, owner, and a time of change whose
 * microseconds say the hash. Whoever writes to the file changes its time, so a file that still has its mark is trusted
 * without hashing it again. The seconds say when the content came to the store, since web servers make Last-Modified
 * and ETag of it: one constant time would let browsers keep the old version of a page.
 */
export const stamp = (path: string | Buffer, blob: Blob, owner: Owner): void => {
  const descriptor = openSync(path, 'r')
  try {
    stampOpen(descriptor, blob, owner)
  } finally {
    closeSync(descriptor)
  }
}

export const stampOpen = (descriptor: number, blob: Blob, { uid, gid }: Owner): void => {
  fchmodSync(descriptor, modeOf(blob))
  if (isRoot()) fchownSync(descriptor, uid, gid)
  const seconds = Math.floor(Date.now() / 1000)
  futimesSync(descriptor, seconds, seconds + (markOf(blob) + 0.3) / MICRO)
}

/** Takes the mark off a file that turned out to be another than it says, so that it is never trusted again. */
export const unstamp = (path: string | Buffer, blob: Blob): void =>
  utimesSync(path, 0, ((markOf(blob) + MICRO / 2) % MICRO) / MICRO)

export const hasStamp = (stats: Stats, blob: Blob, owner: Owner): boolean =>
  stats.isFile() &&
  stats.size === blob.size &&
  (stats.mode & 0o7777) === modeOf(blob) &&
  stats.uid === owner.uid &&
  isNear(Math.round(stats.mtimeMs * 1000) % MICRO, markOf(blob))

const MICRO = 1_000_000
const modeOf = ({ executable }: Blob): number => (executable ? 0o755 : 0o644)
const markOf = ({ sha256 }: Blob): number => parseInt(sha256.slice(0, 8), 16) % MICRO

/** Times pass through floating point on their way to the disk, which costs up to a microsecond. */
const isNear = (one: number, other: number): boolean => {
  const distance = Math.abs(one - other)
  return Math.min(distance, MICRO - distance) <= 1
}

/** Only root may give files away; for anybody else they are their own already. */
export const giveTo = ({ uid, gid }: Owner, path: string | Buffer): void => {
  if (isRoot()) lchownSync(path, uid, gid)
}
const isRoot = (): boolean => process.getuid?.() === 0

/** Links the stored blob to `target`, if it is there, bears its mark and can take one more link. */
export const linkStored = (store: StoreFolders, blob: Blob, target: ByteString): boolean => {
  const path = bytesPath(target)
  try {
    linkSync(blobPath(store, blob), path)
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'EMLINK')) return false
    throw error
  }
  if (hasStamp(lstatSync(path), blob, store.owner)) return true
  unlinkSync(path)
  return false
}
