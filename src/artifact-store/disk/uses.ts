import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Layer } from '#/artifact-store/layers.ts'
import { hasCode } from '#/foundation/errors.ts'
import { usesPath, type StoreFolders } from './store-folders.ts'

/** Says that an artifact uses these layers, before it looks whether they are there: nobody removes them from now on. */
export const declareUses = (
  store: StoreFolders,
  { digest, layers }: { digest: string; layers: readonly Layer[] },
  partial: string,
): void => {
  const file = join(partial, 'uses')
  writeFileSync(file, layers.map(({ id }) => `${id}\n`).join(''))
  renameSync(file, usesPath(store, digest))
}

/** The layers that any artifact uses. */
export const usedLayers = (store: StoreFolders): Set<string> =>
  new Set(readdirSync(store.uses).flatMap((name) => readUses(join(store.uses, name))))

export const readUses = (path: string): string[] => {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((id) => id !== '')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return []
    throw error
  }
}
