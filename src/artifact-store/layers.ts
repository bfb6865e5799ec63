import { digestOf, encodeManifest, type ByteString, type Entry } from './manifest.ts'

/**
 * A part of an artifact that is unpacked by itself: a large folder of its root, or all that is in none. Artifacts share
 * layers that are the same to the last file, so that a change of the code leaves the thousands of folders of its
 * packages where they are. Which layers an artifact has follows from its entries.
 */
export type Layer = {
  /** A hash of all that is in it. */
  id: string
  entries: Entry[]
}

/** Folders with fewer entries are not worth a layer. */
const LARGE_ENTRIES = 200
/** Each costs a little at every start of a dyno. */
const MOST_LAYERS = 16

export const splitLayers = (entries: readonly Entry[]): Layer[] => {
  const folders = largestFolders(entries)
  const parts = new Map<ByteString, Entry[]>([['', []], ...folders.map(emptyPart)])
  for (const entry of entries) (parts.get(rootFolderOf(entry)) ?? parts.get(''))?.push(entry)
  return [...parts.values()].map((part) => ({ id: idOf(part), entries: part }))
}

const emptyPart = (folder: ByteString): [ByteString, Entry[]] => [folder, []]

const largestFolders = (entries: readonly Entry[]): ByteString[] => {
  const counts = new Map<ByteString, number>()
  for (const entry of entries) {
    const folder = rootFolderOf(entry)
    if (folder !== '') counts.set(folder, (counts.get(folder) ?? 0) + 1)
  }
  return [...counts]
    .filter(([, count]) => count >= LARGE_ENTRIES)
    .toSorted(([one, oneCount], [other, otherCount]) => otherCount - oneCount || order(one, other))
    .slice(0, MOST_LAYERS - 1)
    .map(([folder]) => folder)
}

/** The folder of the root that an entry is in or is; empty for a file or link of the root. */
const rootFolderOf = ({ type, path }: Entry): ByteString => {
  const end = path.indexOf('/')
  if (end >= 0) return path.slice(0, end)
  return type === 'directory' ? path : ''
}

const order = (one: string, other: string): number => (one < other ? -1 : 1)

const idOf = (entries: readonly Entry[]): string =>
  digestOf(encodeManifest(entries)).slice('sha256:'.length, 'sha256:'.length + 32)
