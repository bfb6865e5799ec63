import { join } from 'node:path'
import {
  DamagedArtifactError,
  type MaterializeOptions,
  type Unpacked,
} from '#/artifact-store/artifact-store.ts'
import { splitLayers, type Layer } from '#/artifact-store/layers.ts'
import {
  bytesPath,
  readablePath,
  type ByteString,
  type FileEntry,
} from '#/artifact-store/manifest.ts'
import { blobPath, linkStored, stampOpen } from './blob.ts'
import { buildTree } from './build-tree.ts'
import { faultOfContent, findFault, statsOf, type CheckOptions } from './check-layer.ts'
import { copyFile } from './content.ts'
import { syncBelow, syncPath } from './durable.ts'
import { createPacer } from './pacer.ts'
import { withPartial } from './partial.ts'
import { placeLayer } from './place-layer.ts'
import { readManifest } from './read-manifest.ts'
import { layerPath, type StoreFolders } from './store-folders.ts'

/** The unpacked artifact, as good as it was put: a layer that is not is built again from the contents. */
export const materializeArtifact = async (
  store: StoreFolders,
  digest: string,
  { trustSeenLayers = false }: MaterializeOptions = {},
): Promise<Unpacked> => {
  const layers = splitLayers(readManifest(store, digest))
  const options = { pace: createPacer(), trustMarks: true }
  for (const layer of layers) {
    if (trustSeenLayers && store.seenLayers.has(layer.id) && isThere(store, layer)) continue
    await mendLayer(store, { digest, layer }, options)
    store.seenLayers.add(layer.id)
  }
  return { folder: store.layers, layers: layers.map(({ id }) => id) }
}

const isThere = (store: StoreFolders, { id }: Layer): boolean =>
  statsOf(layerPath(store, id))?.isDirectory() === true

/** As `materializeArtifact`, but hashes every file, marked or not. */
export const verifyArtifact = async (store: StoreFolders, digest: string): Promise<void> => {
  const options = { pace: createPacer(), trustMarks: false }
  for (const layer of splitLayers(readManifest(store, digest)))
    await mendLayer(store, { digest, layer }, options)
}

const mendLayer = async (
  store: StoreFolders,
  { digest, layer }: { digest: string; layer: Layer },
  options: CheckOptions,
): Promise<void> => {
  if (!(await findFault(store, layer, options))) return
  await withPartial(store, async (partial) => {
    const tree = join(partial, 'layer')
    await buildTree(tree, layer.entries, {
      owner: store.owner,
      pace: options.pace,
      placeFile: async (file, target) => {
        const what = await placeContent(store, file, { target, options })
        if (what) throw new DamagedArtifactError(digest, readablePath(file.path), what)
      },
    })
    await syncBelow(partial)
    placeLayer(store, tree, layer.id)
    syncPath(store.layers)
  })
}

/** Returns what is wrong with the stored content, if it cannot be used. */
const placeContent = async (
  store: StoreFolders,
  file: FileEntry,
  { target, options }: { target: ByteString; options: CheckOptions },
): Promise<string | undefined> => {
  if (options.trustMarks && linkStored(store, file, target)) return undefined
  const path = blobPath(store, file)
  const what = await faultOfContent(store, file, { path, options }, statsOf(path))
  if (what) return what
  if (linkStored(store, file, target)) return undefined
  // No file system takes links without end.
  await copyFile({ from: path, to: bytesPath(target) }, options.pace, (descriptor) =>
    stampOpen(descriptor, file, store.owner),
  )
  return undefined
}
