import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { hasCode } from '#/foundation/errors.ts'
import { treePath, type StoreFolders } from './store-folders.ts'

/**
 * Moves a tree to where its digest says. One that is there already is put aside, not removed: dynos may run from it.
 * Its name says in which run of the host, for once that has ended nothing runs from it.
 */
export const placeTree = (store: StoreFolders, tree: string, digest: string): void => {
  const place = treePath(store, digest)
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
    renameSync(place, join(store.replaced, `${bootId()}-${randomBytes(6).toString('hex')}`))
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error // somebody else did
  }
}

export const bootId = (): string =>
  readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim().replaceAll('-', '')
