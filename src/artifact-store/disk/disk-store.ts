import { existsSync } from 'node:fs'
import { isDigest, type ArtifactStore } from '#/artifact-store/artifact-store.ts'
import { config } from '#/foundation/config.ts'
import { materializeArtifact, verifyArtifact } from './materialize-artifact.ts'
import { openTar } from './open-tar.ts'
import { putArtifact } from './put-artifact.ts'
import { removeArtifact, sweepStore } from './remove-artifact.ts'
import { explainFull } from './store-full.ts'
import { makeFolders, manifestPath, storeFolders, type Owner } from './store-folders.ts'

/**
 * Artifacts in a directory of this host. Several processes may have it open at once, each may be killed at any moment.
 */
export const openDiskStore = (dir: string, owner: Owner = dynoUser()): ArtifactStore => {
  const store = storeFolders(dir, owner)
  /** Whatever writes: needs the folders, and may meet a full disk. */
  const writing = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      makeFolders(store)
      return await work()
    } catch (error) {
      throw explainFull(error, dir)
    }
  }
  return {
    put: (directory, options = {}) => writing(() => putArtifact(store, directory, options)),
    has: async (digest) => isDigest(digest) && existsSync(manifestPath(store, digest)),
    materialize: (digest, options) => writing(() => materializeArtifact(store, digest, options)),
    verify: (digest) => writing(() => verifyArtifact(store, digest)),
    remove: (digest) => writing(() => removeArtifact(store, digest)),
    openTar: (digest) => openTar(store, digest),
    sweep: () => writing(() => sweepStore(store)),
  }
}

const dynoUser = (): Owner => {
  const uid = process.getuid?.() ?? 0
  return uid === 0
    ? { uid: config.sandboxUid, gid: config.sandboxUid }
    : { uid, gid: process.getgid?.() ?? uid }
}
