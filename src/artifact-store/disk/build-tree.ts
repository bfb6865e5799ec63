import { chmodSync, mkdirSync, symlinkSync } from 'node:fs'
import {
  bytesPath,
  toBytes,
  type ByteString,
  type Entry,
  type FileEntry,
} from '#/artifact-store/manifest.ts'
import { giveTo } from './blob.ts'
import type { Pacer } from './pacer.ts'
import type { Owner } from './store-folders.ts'

/** How files get into the tree that is being built: by a link from wherever their content is. */
export type PlaceFile = (file: FileEntry, target: ByteString) => Promise<void>

/** Builds `root` anew from entries, directories first. Only what it makes itself is ever written through. */
export const buildTree = async (
  root: string,
  entries: readonly Entry[],
  { owner, pace, placeFile }: { owner: Owner; pace: Pacer; placeFile: PlaceFile },
): Promise<void> => {
  makeDirectory(root, owner)
  const base = toBytes(root)
  for (const { path } of directoriesOf(entries)) {
    makeDirectory(bytesPath(`${base}/${path}`), owner)
    await pace()
  }
  for (const entry of entries) {
    const target = `${base}/${entry.path}`
    if (entry.type === 'link') makeLink(entry.target, target, owner)
    else if (entry.type === 'file') await placeFile(entry, target)
    await pace()
  }
}

/** Parents before their children. */
const directoriesOf = (entries: readonly Entry[]): Entry[] =>
  entries
    .filter((entry) => entry.type === 'directory')
    .toSorted((one, other) => (one.path < other.path ? -1 : 1))

const makeDirectory = (path: string | Buffer, owner: Owner): void => {
  mkdirSync(path)
  chmodSync(path, 0o755) // whatever the umask
  giveTo(owner, path)
}

const makeLink = (target: ByteString, path: ByteString, owner: Owner): void => {
  symlinkSync(bytesPath(target), bytesPath(path))
  giveTo(owner, bytesPath(path))
}
