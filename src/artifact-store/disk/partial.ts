import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { bootId, identify, isAlive } from '#/foundation/process-identity.ts'
import { removeTree } from '#/foundation/remove-tree.ts'
import { explainFull } from './store-full.ts'
import type { StoreFolders } from './store-folders.ts'

/** Runs `make` with an empty folder for one attempt, and removes the folder whatever comes of it. */
export const withPartial = async <T>(
  store: StoreFolders,
  make: (partial: string) => Promise<T>,
): Promise<T> => {
  const path = join(store.partial, newPartialName())
  mkdirSync(path)
  try {
    return await make(path)
  } catch (error) {
    throw explainFull(error, store.partial) // now, while it is still full
  } finally {
    await removeTree(path)
  }
}

/** It says which process makes it, so that what a killed one left can be told from what is being made. */
const newPartialName = (): string =>
  [
    bootId(),
    process.pid,
    identify(process.pid)?.startTime ?? '',
    randomBytes(6).toString('hex'),
  ].join('.')

export const abandonedPartials = ({ partial }: StoreFolders): string[] =>
  readdirSync(partial)
    .filter((name) => {
      const [boot, pid, startTime] = name.split('.')
      return boot !== bootId() || !isAlive({ pid: Number(pid), startTime: startTime ?? '' })
    })
    .map((name) => join(partial, name))
