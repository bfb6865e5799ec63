import { lstatSync, readlinkSync, type Stats } from 'node:fs'
import type { Layer } from '#/artifact-store/layers.ts'
import {
  bytesPath,
  toBytes,
  type ByteString,
  type Entry,
  type FileEntry,
} from '#/artifact-store/manifest.ts'
import { hasCode } from '#/foundation/errors.ts'
import { hasStamp, stamp, unstamp } from './blob.ts'
import { hashFile } from './content.ts'
import type { Pacer } from './pacer.ts'
import { layerPath, type StoreFolders } from './store-folders.ts'

/** What is wrong with one of an artifact's entries, to go after its path in a sentence. */
export type Fault = { path: ByteString; what: string }

/** trustMarks: a file that bears its mark is not hashed again. */
export type CheckOptions = { pace: Pacer; trustMarks: boolean }

/** The first entry of an unpacked layer that is not what it should be; undefined if all are. */
export const findFault = async (
  store: StoreFolders,
  { id, entries }: Layer,
  options: CheckOptions,
): Promise<Fault | undefined> => {
  const root = toBytes(layerPath(store, id))
  if (!statsOf(bytesPath(root))?.isDirectory()) return { path: '.', what: 'is gone' }
  for (const entry of entries) {
    const what = await faultOf(store, entry, { path: bytesPath(`${root}/${entry.path}`), options })
    if (what) return { path: entry.path, what }
    await options.pace()
  }
  return undefined
}

type Place = { path: string | Buffer; options: CheckOptions }

const faultOf = (
  store: StoreFolders,
  entry: Entry,
  { path, options }: Place,
): string | undefined | Promise<string | undefined> => {
  const stats = statsOf(path)
  if (!stats) return 'is gone'
  switch (entry.type) {
    case 'directory':
      return stats.isDirectory() ? undefined : 'is no directory any more'
    case 'link':
      return stats.isSymbolicLink() && readlinkSync(path, 'latin1') === entry.target
        ? undefined
        : 'leads elsewhere than it did'
    case 'file':
      return options.trustMarks && hasStamp(stats, entry, store.owner)
        ? undefined
        : faultOfContent(store, entry, { path, options }, stats)
  }
}

export const statsOf = (path: string | Buffer): Stats | undefined => {
  try {
    return lstatSync(path)
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return undefined
    throw error
  }
}

/** Hashes the file; if it is what it should be, it gets its mark. */
export const faultOfContent = async (
  store: StoreFolders,
  file: FileEntry,
  { path, options }: Place,
  stats: Stats | undefined,
): Promise<string | undefined> => {
  if (!stats) return 'is gone'
  if (!stats.isFile()) return 'is no file any more'
  if (stats.size !== file.size) return `has ${stats.size} bytes instead of ${file.size}`
  if ((await hashFile(path, options.pace)).sha256 === file.sha256) {
    stamp(path, file, store.owner)
    return undefined
  }
  unstamp(path, file)
  return 'has another content than it had'
}
