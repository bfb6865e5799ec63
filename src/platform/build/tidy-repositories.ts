import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { removeTree } from '#/foundation/remove-tree.ts'
import { listApps } from '#/platform/app/app-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { BUILDER } from './build-runner.ts'
import { listKnownAmong } from './build-store.ts'
import { git } from './git.ts'
import { dropBuildRef } from './repository.ts'
import { namesIn } from './tidy-builds.ts'

type Needs = Pick<Platform, 'db' | 'paths' | 'log'>

const OLD_MS = 24 * 3_600_000
const MANY_PACKS = 20

/** Keeps the repositories small: what killed pushes and destroyed apps left goes, and many packs become one. */
export const tidyRepositories = async (needs: Needs): Promise<void> => {
  const root = needs.paths.git
  const names = await namesIn(root)
  const ids = names.map(appOfRepository).filter((id) => id !== undefined)
  const apps = await listApps(needs.db, BUILDER, { ids })
  const living = new Set(apps.map(({ id }) => id))
  for (const name of names) {
    const path = join(root, name)
    const appId = appOfRepository(name)
    const isLeft = appId === undefined ? name.endsWith('.new') : !living.has(appId)
    if (isLeft && (await isOld(path))) await removeTree(path)
    else if (appId !== undefined && !isLeft)
      await tidyRepository(needs, path).catch((error: unknown) =>
        needs.log.warn({ err: error, path }, 'a repository could not be tidied'),
      )
  }
}

const appOfRepository = (name: string): string | undefined =>
  /^([0-9a-f-]{36})\.git$/.exec(name)?.[1]

const tidyRepository = async ({ db }: Needs, repository: string): Promise<void> => {
  const objects = join(repository, 'objects')
  for (const name of await namesIn(objects))
    if (/^(?:tmp_objdir-)?incoming-/.test(name) && (await isOld(join(objects, name))))
      await removeTree(join(objects, name))
  await dropOrphans(db, repository)
  const packs = (await namesIn(join(objects, 'pack'))).filter((name) => name.endsWith('.pack'))
  if (packs.length > MANY_PACKS) await git(repository, 'gc', '--quiet')
}

/** Commits whose builds never came to be: a push kept them and died before its build was written down. */
const dropOrphans = async (db: Needs['db'], repository: string): Promise<void> => {
  const { stdout } = await git(
    repository,
    ...['for-each-ref', '--format=%(refname:lstrip=2)', 'refs/builds/'],
  )
  const ids = stdout.split('\n').filter(Boolean)
  const known = await listKnownAmong(db, BUILDER, ids)
  for (const id of ids)
    if (!known.has(id) && (await isOld(join(repository, 'refs', 'builds', id))))
      await dropBuildRef(repository, id)
}

const isOld = async (path: string): Promise<boolean> => {
  const found = await stat(path).catch(() => undefined)
  return found !== undefined && Date.now() - found.mtimeMs > OLD_MS
}
