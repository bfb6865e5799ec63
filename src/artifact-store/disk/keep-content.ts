import { existsSync, linkSync, lstatSync, mkdirSync, readdirSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  bytesPath,
  readablePath,
  toBytes,
  type ByteString,
  type FileEntry,
} from '#/artifact-store/manifest.ts'
import { hasCode } from '#/foundation/errors.ts'
import {
  blobName,
  blobPath,
  hasStamp,
  LARGE_BYTES,
  largeBlobsOfSize,
  linkStored,
  stampOpen,
  type Blob,
} from './blob.ts'
import { copyFile, hashFile, haveSameContent, type Content } from './content.ts'
import type { Pacer } from './pacer.ts'
import type { FoundFile } from './scan-tree.ts'
import type { StoreFolders } from './store-folders.ts'

export type ContentKeeper = {
  /** Hashes the file at `source`, unless it is known from an earlier time. */
  identify: (found: FoundFile, source: ByteString) => Promise<FileEntry>
  /** Puts the content of the file at `source`, which was identified, at `target`: a link if it is known. */
  place: (file: FileEntry, source: ByteString, target: ByteString) => Promise<void>
  /** What was not in the store: blobs with the path of a file that holds each. */
  added: Map<string, { blob: Blob; path: ByteString }>
}

/**
 * Takes content into the store. What is kept are the very bytes that were hashed, in new files, so nothing that a
 * build did to its own (a second name, an access list, an open descriptor) comes along.
 * @param folder for large new contents, which are copied before it is known where they go
 */
export const keepContent = (store: StoreFolders, folder: string, pace: Pacer): ContentKeeper => {
  const added: ContentKeeper['added'] = new Map()

  const copy = async (
    source: ByteString,
    to: ByteString,
    { executable }: { executable: boolean },
  ): Promise<Content> => {
    const paths = { from: bytesPath(source), to: bytesPath(to) }
    const content = await copyFile(paths, pace, (descriptor, found) =>
      stampOpen(descriptor, { ...found, executable }, store.owner),
    )
    const blob = { ...content, executable }
    added.set(blobName(blob), { blob, path: to })
    return content
  }

  /** A new large one is read and hashed once. */
  const hashOrCopy = async (found: FoundFile, source: ByteString): Promise<Content> => {
    const from = bytesPath(source)
    if (found.size < LARGE_BYTES) return hashFile(from, pace)
    const sha256 = await findLike(store, { size: found.size, from }, pace)
    if (sha256) return { sha256, size: found.size }
    return copy(source, `${toBytes(folder)}/${added.size}`, found)
  }

  return {
    added,
    identify: async (found, source) => {
      const { type, path, executable, identity } = found
      const known = store.knownFiles.find(identity)
      const { sha256, size } = known
        ? { sha256: known, size: found.size }
        : await hashOrCopy(found, source)
      if (size !== found.size) throw changed(found)
      store.knownFiles.add(identity, sha256)
      return { type, path, executable, size, sha256 }
    },
    place: async (file, source, target) => {
      const fresh = added.get(blobName(file))
      if (fresh ? linkFresh(fresh.path, target) : linkStored(store, file, target)) return
      if ((await copy(source, target, file)).sha256 !== file.sha256) throw changed(file)
    },
  }
}

const linkFresh = (path: ByteString, target: ByteString): boolean => {
  try {
    linkSync(bytesPath(path), bytesPath(target))
    return true
  } catch (error) {
    if (hasCode(error, 'EMLINK')) return false
    throw error
  }
}

/** Gives new contents their place in the store; `spare` is a path on the way there. */
export const placeContents = (
  store: StoreFolders,
  added: ContentKeeper['added'],
  spare: string,
): void => {
  for (const { blob, path } of added.values()) {
    const place = blobPath(store, blob)
    mkdirSync(dirname(place), { recursive: true })
    try {
      linkSync(bytesPath(path), place)
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error
      linkSync(bytesPath(path), spare) // what is there is damaged, or takes no more links
      renameSync(spare, place)
    }
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
