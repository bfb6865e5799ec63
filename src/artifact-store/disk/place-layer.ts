import { randomBytes } from 'node:crypto'
import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { hasCode } from '#/foundation/errors.ts'
import { bootId } from '#/foundation/process-identity.ts'
import { layerPath, type StoreFolders } from './store-folders.ts'

/**
 * Moves a tree to where its id says. One that is there already is put aside, not removed: dynos may run from it.
 * Its name says in which run of the host, for once that has ended nothing runs from it.
 */
export const placeLayer = (store: StoreFolders, tree: string, id: string): void => {
  const place = layerPath(store, id)
  for (;;) {
    try {
      return renameSync(tree, place)
    } catch (error) {
      if (!hasCode(error, 'ENOTEMPTY') && !hasCode(error, 'EEXIST')) throw error
    }
    putAside(store, place)
  }
}

const putAside = (store: StoreFolders, place: string): void => {
  try {
    renameSync(place, join(store.replaced, `${bootId()}.${randomBytes(6).toString('hex')}`))
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error // somebody else did
  }
}

/** Of a layer that was put aside: whether this run of the host did it. */
export const isOfThisBoot = (name: string): boolean => name.startsWith(`${bootId()}.`)
