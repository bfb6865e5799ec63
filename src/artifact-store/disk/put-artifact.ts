import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import {
  ArtifactMissingError,
  DamagedArtifactError,
  type Digest,
  type PutOptions,
  type StoredArtifact,
} from '#/artifact-store/artifact-store.ts'
import { splitLayers, type Layer } from '#/artifact-store/layers.ts'
import {
  digestOf,
  encodeManifest,
  sizeOf,
  toBytes,
  type ByteString,
  type Entry,
} from '#/artifact-store/manifest.ts'
import { failpoint } from '#/foundation/failpoint.ts'
import { buildTree } from './build-tree.ts'
import { findFault } from './check-layer.ts'
import { syncBelow, syncPath } from './durable.ts'
import { keepContent, placeContents, type ContentKeeper } from './keep-content.ts'
import { createPacer, type Pacer } from './pacer.ts'
import { withPartial } from './partial.ts'
import { placeLayer } from './place-layer.ts'
import { readManifest } from './read-manifest.ts'
import { scanTree, type Found } from './scan-tree.ts'
import { manifestPath, type StoreFolders } from './store-folders.ts'
import { declareUses } from './uses.ts'

/**
 * Packs a directory. All is made in a partial folder and flushed to the disk there; then it takes its place: contents,
 * layers, and last the manifest, with which the artifact exists.
 */
export const putArtifact = (
  store: StoreFolders,
  directory: string,
  options: PutOptions,
): Promise<StoredArtifact> =>
  withPartial(store, async (partial) => {
    const pace = createPacer(options.signal)
    for (const name of ['blobs', 'layers']) mkdirSync(join(partial, name))
    const keeper = keepContent(store, join(partial, 'blobs'), pace)
    const from = toBytes(directory)
    const found = await scanTree(directory, options, pace)
    const entries = await identifyAll(keeper, { found, from }, pace)
    const manifest = encodeManifest(entries)
    const digest = digestOf(manifest)
    const layers = splitLayers(entries)
    declareUses(store, { digest, layers }, partial)
    const missing = await findMissing(store, layers, pace)
    for (const layer of missing) await makeLayer(store, { keeper, layer, from, partial }, pace)
    if (missing.length > 0 || !hasManifest(store, digest)) {
      writeFileSync(join(partial, 'manifest'), gzipSync(manifest))
      failpoint('artifact-made')
      await syncBelow(partial)
      failpoint('artifact-flushed')
      takePlace(store, partial, { digest, missing, keeper })
    }
    return { digest, sizeBytes: sizeOf(entries), addedBytes: sizeOfAdded(keeper) }
  })

const findMissing = async (
  store: StoreFolders,
  layers: readonly Layer[],
  pace: Pacer,
): Promise<Layer[]> => {
  const missing: Layer[] = []
  for (const layer of layers)
    if (await findFault(store, layer, { pace, trustMarks: true })) missing.push(layer)
  return missing
}

const hasManifest = (store: StoreFolders, digest: string): boolean => {
  try {
    return readManifest(store, digest).length >= 0
  } catch (error) {
    if (error instanceof ArtifactMissingError || error instanceof DamagedArtifactError) return false
    throw error
  }
}

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

type Making = { keeper: ContentKeeper; layer: Layer; from: ByteString; partial: string }

const makeLayer = (
  store: StoreFolders,
  { keeper, layer, from, partial }: Making,
  pace: Pacer,
): Promise<void> =>
  buildTree(join(partial, 'layers', layer.id), layer.entries, {
    owner: store.owner,
    pace,
    placeFile: (file, target) => keeper.place(file, `${from}/${file.path}`, target),
  })

const takePlace = (
  store: StoreFolders,
  partial: string,
  { digest, missing, keeper }: { digest: Digest; missing: Layer[]; keeper: ContentKeeper },
): void => {
  placeContents(store, keeper.added, join(partial, 'spare'))
  failpoint('artifact-contents-placed')
  for (const { id } of missing) placeLayer(store, join(partial, 'layers', id), id)
  syncPath(store.layers)
  syncPath(store.uses)
  failpoint('artifact-layers-placed')
  renameSync(join(partial, 'manifest'), manifestPath(store, digest))
  syncPath(store.manifests)
}

const sizeOfAdded = ({ added }: ContentKeeper): number =>
  [...added.values()].reduce((sum, { blob }) => sum + blob.size, 0)
