import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode } from '#/foundation/errors.ts'
import { removeTree } from '#/foundation/remove-tree.ts'
import { systemActor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import { deleteExpiredSlugUploads } from '#/platform/slug/slug-upload-store.ts'
import { deleteExpiredSources, listSourcesAmong } from './source-store.ts'

const SWEEPER = systemActor('sweep')
/** An upload may take so long, and its row comes after its file. */
const YOUNG_MS = 3_600_000

export const sweepSources = async ({
  db,
  paths,
}: Pick<Platform, 'db' | 'paths'>): Promise<void> => {
  await deleteExpiredSources(db, SWEEPER)
  await deleteExpiredSlugUploads(db, SWEEPER)
  const names = await readdir(paths.sources).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return []
    throw error
  })
  const sources = await listSourcesAmong(db, SWEEPER, names.map(idIn))
  for (const name of names) {
    const path = join(paths.sources, name)
    const isUsed = name === `${idIn(name)}.${sources.get(idIn(name))?.sha256}`
    if (!isUsed && (await isOld(path))) await removeTree(path)
  }
}

const idIn = (name: string): string => name.split('.')[0] ?? ''

const isOld = async (path: string): Promise<boolean> => {
  const found = await stat(path).catch(() => undefined)
  return found !== undefined && Date.now() - found.mtimeMs > YOUNG_MS
}
