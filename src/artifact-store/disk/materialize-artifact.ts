import { join } from 'node:path'
import { ArtifactMissingError, DamagedArtifactError } from '#/artifact-store/artifact-store.ts'
import {
  bytesPath,
  readablePath,
  type ByteString,
  type Entry,
  type FileEntry,
} from '#/artifact-store/manifest.ts'
import { blobPath, linkStored, stamp } from './blob.ts'
import { buildTree } from './build-tree.ts'
import { faultOfContent, findFault, statsOf, type CheckOptions } from './check-tree.ts'
import { copyFile } from './content.ts'
import { syncBelow, syncPath } from './durable.ts'
import { createPacer, type Pacer } from './pacer.ts'
import { withPartial } from './partial.ts'
import { placeTree } from './place-tree.ts'
import { readManifest } from './read-manifest.ts'
import { treePath, type StoreFolders } from './store-folders.ts'

/** The path of the unpacked artifact, as good as it was put: a tree that is not is built again from the contents. */
export const materializeArtifact = async (store: StoreFolders, digest: string): Promise<string> => {
  const artifact = { digest, entries: readManifest(store, digest) }
  const pace = createPacer()
  const fault = await findFault(store, artifact, { pace, trustMarks: true })
  if (fault) await rebuildTree(store, artifact, { pace, trustMarks: true })
  return treePath(store, digest)
}

/** As `materializeArtifact`, but hashes every file, marked or not. */
export const verifyArtifact = async (store: StoreFolders, digest: string): Promise<void> => {
  const artifact = { digest, entries: readManifest(store, digest) }
  const pace = createPacer()
  const fault = await findFault(store, artifact, { pace, trustMarks: false })
  if (fault) await rebuildTree(store, artifact, { pace, trustMarks: false })
}

/** True if the artifact is there and `materializeArtifact` would find nothing to do. */
export const isSound = async (
  store: StoreFolders,
  digest: string,
  pace: Pacer,
): Promise<boolean> => {
  try {
    const artifact = { digest, entries: readManifest(store, digest) }
    return (await findFault(store, artifact, { pace, trustMarks: true })) === undefined
  } catch (error) {
    if (error instanceof ArtifactMissingError || error instanceof DamagedArtifactError) return false
    throw error
  }
}

const rebuildTree = (
  store: StoreFolders,
  { digest, entries }: { digest: string; entries: readonly Entry[] },
  options: CheckOptions,
): Promise<void> =>
  withPartial(store, async (partial) => {
    const tree = join(partial, 'tree')
    await buildTree(tree, entries, {
      owner: store.owner,
      pace: options.pace,
      placeFile: async (file: FileEntry, target) => {
        const what = await placeContent(store, file, { target, options })
        if (what) throw new DamagedArtifactError(digest, readablePath(file.path), what)
      },
    })
    await syncBelow(partial)
    placeTree(store, tree, digest)
    syncPath(store.trees)
  })

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
  await copyFile(path, bytesPath(target), options.pace) // no file system takes links without end
  stamp(bytesPath(target), file, store.owner)
  return undefined
}
