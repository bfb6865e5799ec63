import { existsSync, lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  bytesPath,
  readablePath,
  type ByteString,
  type FileEntry,
} from '#/artifact-store/manifest.ts'
import { hasCode } from '#/foundation/errors.ts'
import {
  blobName,
  hasStamp,
  LARGE_BYTES,
  largeBlobsOfSize,
  linkStored,
  stamp,
  type Blob,
} from './blob.ts'
import { link } from './build-tree.ts'
import { copyFile, hashFile, haveSameContent, type Content } from './content.ts'
import type { Pacer } from './pacer.ts'
import type { FoundFile } from './scan-tree.ts'
import type { StoreFolders } from './store-folders.ts'

export type ContentKeeper = {
  /** Hashes the file at `source`. */
  identify: (found: FoundFile, source: ByteString) => Promise<FileEntry>
  /** Links the content of the file at `source`, which was identified, to `target`; keeps it first if it is new. */
  place: (file: FileEntry, source: ByteString, target: ByteString) => Promise<void>
  /** What was not in the store: blobs with the path each was written to. */
  added: Map<string, { blob: Blob; path: string }>
}

/**
 * Takes content into the store. What is kept are the very bytes that were hashed, in new files, so nothing that a
 * build did to its own (a second name, an access list, an open descriptor) comes along.
 * @param folder for new contents, until they take their place in the store
 */
export const keepContent = (store: StoreFolders, folder: string, pace: Pacer): ContentKeeper => {
  const added: ContentKeeper['added'] = new Map()

  /** Keeps a file that was copied to `path` as new content. */
  const add = (path: string, blob: Blob): void => {
    stamp(path, blob, store.owner)
    added.set(blobName(blob), { blob, path })
  }

  const hashOrCopy = async (found: FoundFile, source: ByteString): Promise<Content> => {
    const from = bytesPath(source)
    if (found.size < LARGE_BYTES) return hashFile(from, pace)
    const known = await findLike(store, { size: found.size, from }, pace)
    if (known) return { sha256: known, size: found.size }
    const path = join(folder, `large-${added.size}`) // a new large one is read and hashed once
    const content = await copyFile(from, path, pace)
    add(path, { ...content, executable: found.executable })
    return content
  }

  return {
    added,
    identify: async (found, source) => {
      const { sha256, size } = await hashOrCopy(found, source)
      if (size !== found.size) throw changed(found)
      return { ...found, sha256 }
    },
    place: async (file, source, target) => {
      const fresh = added.get(blobName(file))
      if (fresh) return link(fresh.path, target)
      if (linkStored(store, file, target)) return
      const path = join(folder, blobName(file))
      if ((await copyFile(bytesPath(source), path, pace)).sha256 !== file.sha256)
        throw changed(file)
      add(path, file)
      link(path, target)
    },
  }
}

/** Files of one size that are worth a look, before it is quicker to hash. */
const LIKE_LIMIT = 8

/** The hash of a stored file with the same content. */
const findLike = async (
  store: StoreFolders,
  { size, from }: { size: number; from: string | Buffer },
  pace: Pacer,
): Promise<string | undefined> => {
  const folder = largeBlobsOfSize(store, size)
  for (const name of existsSync(folder) ? readdirSync(folder).slice(0, LIKE_LIMIT) : []) {
    const sha256 = name.slice(0, 64)
    const blob = { sha256, size, executable: name.endsWith('.x') }
    if (await isLike(store, { path: join(folder, name), blob, from }, pace)) return sha256
  }
  return undefined
}

const isLike = async (
  store: StoreFolders,
  { path, blob, from }: { path: string; blob: Blob; from: string | Buffer },
  pace: Pacer,
): Promise<boolean> => {
  try {
    return hasStamp(lstatSync(path), blob, store.owner) && (await haveSameContent(from, path, pace))
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false // removed meanwhile
    throw error
  }
}

const changed = ({ path }: { path: ByteString }): Error =>
  new Error(`'${readablePath(path)}' changed while it was being packed.`)
