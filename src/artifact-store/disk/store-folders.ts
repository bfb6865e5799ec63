import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { rememberFiles, type KnownFiles } from './known-files.ts'

/** Who owns a stored file on the host: the user that dynos run as, so that they may write over their (overlaid) files. */
export type Owner = { uid: number; gid: number }

/** Where a store keeps what. All of it on one file system. */
export type StoreFolders = {
  owner: Owner
  /** Of this process. */
  knownFiles: KnownFiles
  /** Ids of layers that this process has found to be whole. */
  seenLayers: Set<string>
  /** Each content once: see blob.ts. */
  blobs: string
  /** A file per artifact, named by its digest, gzipped. An artifact exists when this file does. */
  manifests: string
  /** Unpacked layers by their ids, their files hard links to blobs. */
  layers: string
  /** A file per artifact: the ids of its layers, a line each. It is there before the layers are looked for. */
  uses: string
  /** What is being made, a folder per attempt. */
  partial: string
  /** Layers that were made anew while something may still run from them. */
  replaced: string
}

export const storeFolders = (dir: string, owner: Owner): StoreFolders => ({
  owner,
  knownFiles: rememberFiles(),
  seenLayers: new Set(),
  blobs: join(dir, 'blobs'),
  manifests: join(dir, 'manifests'),
  layers: join(dir, 'layers'),
  uses: join(dir, 'uses'),
  partial: join(dir, 'partial'),
  replaced: join(dir, 'replaced'),
})

export const makeFolders = (store: StoreFolders): void => {
  const { blobs, manifests, layers, uses, partial, replaced } = store
  for (const folder of [blobs, manifests, layers, uses, partial, replaced])
    mkdirSync(folder, { recursive: true })
}

const hex = (digest: string): string => digest.slice('sha256:'.length)

export const manifestPath = (store: StoreFolders, digest: string): string =>
  join(store.manifests, hex(digest))
export const usesPath = (store: StoreFolders, digest: string): string =>
  join(store.uses, hex(digest))
export const layerPath = (store: StoreFolders, id: string): string => join(store.layers, id)
