import type { Readable } from 'node:stream'

/** The name of an artifact: the hash of what is in it, whoever packed it and when. `sha256:` and 64 hex digits. */
export type Digest = `sha256:${string}`

const DIGEST = /^sha256:[0-9a-f]{64}$/
export const isDigest = (text: string): text is Digest => DIGEST.test(text)

export type PutOptions = {
  /** Of the files' content, each file once. More throws an ArtifactTooLargeError. */
  limitBytes?: number
  /** Of files, directories and links. */
  limitEntries?: number
  /** Told, in a sentence, of each thing that was left out (a socket, a device). */
  warn?: (message: string) => void
  signal?: AbortSignal
}

export type StoredArtifact = {
  digest: Digest
  /** Of the files' content, each file once. */
  sizeBytes: number
  /** Bytes that were not in the store before. */
  addedBytes: number
}

/**
 * An artifact on this host's disk: folders to be laid over one another, in `folder` by these names. No two of them
 * hold a file of the same path. Never to be written to.
 */
export type Unpacked = { folder: string; layers: string[] }

export type MaterializeOptions = {
  /** Layers that this process has looked at already, for this or another artifact, only have to be there still. */
  trustSeenLayers?: boolean
}

/**
 * Artifacts by digest, unpacked once per host. An artifact is a tree of directories, files (their content and whether
 * they are executable) and symbolic links; owners, times and other mode bits are no part of it.
 * Once `put` has resolved, the artifact outlives a power cut; until then nobody sees it.
 */
export type ArtifactStore = {
  /** Copies what is in the directory. The directory must no longer change; it is left as it is. */
  put: (directory: string, options?: PutOptions) => Promise<StoredArtifact>
  has: (digest: string) => Promise<boolean>
  /**
   * Where it is unpacked, the same for all who ask. Every file is hashed before its first use on this host; one that
   * is not what was put throws a DamagedArtifactError. Unknown: an ArtifactMissingError.
   */
  materialize: (digest: string, options?: MaterializeOptions) => Promise<Unpacked>
  /** Hashes every file again. Throws as `materialize` does. */
  verify: (digest: string) => Promise<void>
  /** Gives back what only this artifact uses. Nothing happens if it is not there. */
  remove: (digest: string) => Promise<void>
  /** A gzipped tar with everything below `./app/`, the same bytes each time. */
  openTar: (digest: string) => Readable
  /** Gives back what puts left behind that were killed. Returns the bytes. */
  sweep: () => Promise<number>
}

export class ArtifactMissingError extends Error {
  override readonly name = 'ArtifactMissingError'
  constructor(digest: string) {
    super(`There is no artifact ${digest} in the store.`)
  }
}

export class DamagedArtifactError extends Error {
  override readonly name = 'DamagedArtifactError'
  readonly digest: string
  /** Of the file in the artifact. */
  readonly path: string
  constructor(digest: string, path: string, what: string) {
    super(
      `Artifact ${digest} is damaged: '${path}' ${what}. Build the same source again to replace it.`,
    )
    this.digest = digest
    this.path = path
  }
}

export class ArtifactTooLargeError extends Error {
  override readonly name = 'ArtifactTooLargeError'
}

/** No space or no inodes left in the store. */
export class StoreFullError extends Error {
  override readonly name = 'StoreFullError'
}
