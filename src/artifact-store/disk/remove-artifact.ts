import {
  existsSync,
  linkSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import {
  ArtifactMissingError,
  DamagedArtifactError,
  isDigest,
} from '#/artifact-store/artifact-store.ts'
import type { Entry } from '#/artifact-store/manifest.ts'
import { hasCode } from '#/foundation/errors.ts'
import { removeTree } from '#/foundation/remove-tree.ts'
import { blobPath } from './blob.ts'
import { statsOf } from './check-layer.ts'
import { createPacer, type Pacer } from './pacer.ts'
import { abandonedPartials, withPartial } from './partial.ts'
import { isOfThisBoot } from './place-layer.ts'
import { readManifest } from './read-manifest.ts'
import { layerPath, manifestPath, usesPath, type StoreFolders } from './store-folders.ts'
import { readUses, usedLayers } from './uses.ts'

/** Removes the manifest first, so that a killed removal leaves no artifact that is half there; `sweep` does the rest. */
export const removeArtifact = (store: StoreFolders, digest: string): Promise<void> =>
  isDigest(digest)
    ? withPartial(store, async (partial) => {
        const entries = entriesOf(store, digest)
        const layers = readUses(usesPath(store, digest))
        moveIfThere(manifestPath(store, digest), join(partial, 'manifest'))
        moveIfThere(usesPath(store, digest), join(partial, 'uses'))
        for (const id of layers) await dropUnused(store, id, partial)
        const pace = createPacer()
        for (const entry of entries) {
          if (entry.type === 'file') releaseBlob(blobPath(store, entry), partial)
          await pace()
        }
      })
    : Promise.resolve()

/** None of an artifact that is missing or whose list is damaged: `sweep` finds its contents. */
const entriesOf = (store: StoreFolders, digest: string): Entry[] => {
  try {
    return readManifest(store, digest)
  } catch (error) {
    if (error instanceof ArtifactMissingError || error instanceof DamagedArtifactError) return []
    throw error
  }
}

/** Removes what killed puts and removals left, and contents that no layer uses. Returns the bytes given back. */
export const sweepStore = (store: StoreFolders): Promise<number> =>
  withPartial(store, async (partial) => {
    for (const path of abandonedPartials(store)) await removeTree(path)
    for (const name of readdirSync(store.uses)) dropUsesOfNone(store, name)
    for (const id of readdirSync(store.layers))
      if (!isYoung(layerPath(store, id))) await dropUnused(store, id, partial)
    for (const name of readdirSync(store.replaced))
      if (!isOfThisBoot(name)) await removeTree(join(store.replaced, name))
    return releaseUnused(store, partial, createPacer())
  })

/** Of an artifact that never came to be. Its age keeps what is just being put out of it. */
const dropUsesOfNone = (store: StoreFolders, name: string): void => {
  const digest = `sha256:${name}`
  const path = usesPath(store, digest)
  if (!existsSync(manifestPath(store, digest)) && !isYoung(path)) rmSync(path, { force: true })
}

const YOUNG_MS = 10 * 60_000
const isYoung = (path: string): boolean =>
  Date.now() - (statsOf(path)?.ctimeMs ?? Date.now()) < YOUNG_MS

/**
 * Removes a layer that no artifact uses. It is moved away first, and back if somebody has declared its use meanwhile;
 * whoever declares before that and looks after it makes the layer anew.
 */
const dropUnused = async (store: StoreFolders, id: string, partial: string): Promise<void> => {
  if (usedLayers(store).has(id)) return
  const aside = join(partial, 'layer')
  moveIfThere(layerPath(store, id), aside)
  if (usedLayers(store).has(id)) moveBack(aside, layerPath(store, id))
  await removeTree(aside)
}

const moveBack = (from: string, to: string): void => {
  try {
    moveIfThere(from, to)
  } catch (error) {
    if (!hasCode(error, 'ENOTEMPTY') && !hasCode(error, 'EEXIST')) throw error // made anew already
  }
}

const releaseUnused = async (
  store: StoreFolders,
  partial: string,
  pace: Pacer,
): Promise<number> => {
  let bytes = 0
  for (const entry of readdirSync(store.blobs, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += releaseBlob(join(entry.parentPath, entry.name), partial)
    await pace()
  }
  return bytes
}

/**
 * Removes a content that no layer links to. It is moved away first and looked at again there, for a put may take it
 * at this very moment.
 */
const releaseBlob = (path: string, partial: string): number => {
  if (statsOf(path)?.nlink !== 1) return 0
  const aside = join(partial, basename(path))
  moveIfThere(path, aside)
  const stats = statsOf(aside)
  if (!stats) return 0
  if (stats.nlink > 1) linkBack(aside, path)
  unlinkSync(aside)
  removeIfEmpty(dirname(path))
  return stats.nlink > 1 ? 0 : stats.size
}

const linkBack = (aside: string, path: string): void => {
  try {
    linkSync(aside, path)
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  }
}

const moveIfThere = (from: string, to: string): void => {
  try {
    renameSync(from, to)
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
  }
}

const removeIfEmpty = (folder: string): void => {
  try {
    rmdirSync(folder)
  } catch (error) {
    if (!hasCode(error, 'ENOTEMPTY') && !hasCode(error, 'ENOENT')) throw error
  }
}
