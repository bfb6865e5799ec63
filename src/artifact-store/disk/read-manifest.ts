import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import {
  ArtifactMissingError,
  DamagedArtifactError,
  isDigest,
} from '#/artifact-store/artifact-store.ts'
import { decodeManifest, digestOf, type Entry } from '#/artifact-store/manifest.ts'
import { hasCode } from '#/foundation/errors.ts'
import { manifestPath, type StoreFolders } from './store-folders.ts'

/** What an artifact is made of, as its digest proves. */
export const readManifest = (store: StoreFolders, digest: string): Entry[] => {
  if (!isDigest(digest)) throw new ArtifactMissingError(digest)
  const manifest = unpack(readPacked(store, digest), digest)
  if (digestOf(manifest) !== digest)
    throw new DamagedArtifactError(digest, '.', 'has another list of files than it was put with')
  return decodeManifest(manifest)
}

const readPacked = (store: StoreFolders, digest: string): Buffer => {
  try {
    return readFileSync(manifestPath(store, digest))
  } catch (error) {
    throw hasCode(error, 'ENOENT') ? new ArtifactMissingError(digest) : error
  }
}

const unpack = (packed: Buffer, digest: string): Buffer => {
  try {
    return gunzipSync(packed)
  } catch (cause) {
    const damage = new DamagedArtifactError(digest, '.', 'has a list of files that is unreadable')
    throw Object.assign(damage, { cause })
  }
}
