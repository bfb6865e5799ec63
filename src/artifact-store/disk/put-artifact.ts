import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Digest, PutOptions, StoredArtifact } from '#/artifact-store/artifact-store.ts'
import {
  digestOf,
  encodeManifest,
  sizeOf,
  toBytes,
  type ByteString,
  type Entry,
} from '#/artifact-store/manifest.ts'
import { failpoint } from '#/foundation/failpoint.ts'
import { blobPath } from './blob.ts'
import { buildTree } from './build-tree.ts'
import { syncBelow, syncPath } from './durable.ts'
import { keepContent, type ContentKeeper } from './keep-content.ts'
import { isSound } from './materialize-artifact.ts'
import { createPacer, type Pacer } from './pacer.ts'
import { withPartial } from './partial.ts'
import { placeTree } from './place-tree.ts'
import { scanTree, type Found } from './scan-tree.ts'
import { manifestPath, type StoreFolders } from './store-folders.ts'

/**
 * Packs a directory. All is made in a partial folder and flushed to the disk there; then it takes its place: contents,
 * tree, and last the manifest, with which the artifact exists.
 */
export const putArtifact = (
  store: StoreFolders,
  directory: string,
  options: PutOptions,
): Promise<StoredArtifact> =>
  withPartial(store, async (partial) => {
    const pace = createPacer(options.signal)
    const newBlobs = join(partial, 'blobs')
    mkdirSync(newBlobs)
    const keeper = keepContent(store, newBlobs, pace)
    const from = toBytes(directory)
    const found = await scanTree(directory, options, pace)
    const entries = await identifyAll(keeper, { found, from }, pace)
    const manifest = encodeManifest(entries)
    const digest = digestOf(manifest)
    if (!(await isSound(store, digest, pace))) {
      await makeTree(store, { keeper, entries, from, to: join(partial, 'tree') }, pace)
      writeFileSync(join(partial, 'manifest'), gzipSync(manifest))
      failpoint('artifact-made')
      await syncBelow(partial)
      failpoint('artifact-flushed')
      takePlace(store, partial, { digest, keeper })
    }
    return { digest, sizeBytes: sizeOf(entries), addedBytes: sizeOfAdded(keeper) }
  })

const identifyAll = async (
  keeper: ContentKeeper,
  { found, from }: { found: Found[]; from: ByteString },
  pace: Pacer,
): Promise<Entry[]> => {
  const entries: Entry[] = []
  for (const entry of found) {
    const isFile = entry.type === 'file'
    entries.push(isFile ? await keeper.identify(entry, `${from}/${entry.path}`) : entry)
    await pace()
  }
  return entries
}

type Making = { keeper: ContentKeeper; entries: Entry[]; from: ByteString; to: string }

const makeTree = (
  store: StoreFolders,
  { keeper, entries, from, to }: Making,
  pace: Pacer,
): Promise<void> =>
  buildTree(to, entries, {
    owner: store.owner,
    pace,
    placeFile: (file, target) => keeper.place(file, `${from}/${file.path}`, target),
  })

const takePlace = (
  store: StoreFolders,
  partial: string,
  { digest, keeper }: { digest: Digest; keeper: ContentKeeper },
): void => {
  for (const { blob, path } of keeper.added.values()) {
    mkdirSync(dirname(blobPath(store, blob)), { recursive: true })
    renameSync(path, blobPath(store, blob))
  }
  failpoint('artifact-contents-placed')
  placeTree(store, join(partial, 'tree'), digest)
  syncPath(store.trees)
  failpoint('artifact-tree-placed')
  renameSync(join(partial, 'manifest'), manifestPath(store, digest))
  syncPath(store.manifests)
}

const sizeOfAdded = ({ added }: ContentKeeper): number =>
  [...added.values()].reduce((sum, { blob }) => sum + blob.size, 0)
