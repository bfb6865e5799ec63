import { link, mkdir, open, readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { hasCode } from '#/foundation/errors.ts'
import { gitOrThrow } from './git.ts'
import { buildRef, NO_COMMIT } from './repository.ts'

/**
 * Makes a commit that waits in git's quarantine one of the repository's own, under the build's hidden ref, whatever
 * becomes of the push. Its files are linked as git itself would move them, so a large push is not copied.
 * @param quarantine git's GIT_QUARANTINE_PATH; empty if the push brought no new objects
 */
export const keepPushedCommit = async (
  repository: string,
  quarantine: string,
  { buildId, commit }: { buildId: string; commit: string },
): Promise<void> => {
  if (quarantine !== '') await keepObjects(repository, quarantine)
  await gitOrThrow(repository, 'update-ref', buildRef(buildId), commit, NO_COMMIT)
}

const keepObjects = async (repository: string, quarantine: string): Promise<void> => {
  const objects = join(repository, 'objects')
  if (!QUARANTINE.test(basename(quarantine))) throw new Error(`${quarantine} is no quarantine.`)
  const incoming = join(objects, basename(quarantine))
  const folders = (await readdir(incoming)).filter((name) => OBJECT_FOLDER.test(name))
  for (const folder of folders)
    await linkFiles(join(incoming, folder), join(objects, folder), folder === 'pack')
  if (folders.length > 0) await syncFolder(objects)
}

const QUARANTINE = /^(?:tmp_objdir-)?incoming-[A-Za-z0-9_-]+$/
const OBJECT_FOLDER = /^(?:pack|[0-9a-f]{2})$/

const linkFiles = async (from: string, to: string, isPacks: boolean): Promise<void> => {
  await mkdir(to, { recursive: true })
  for (const name of inOrder(await readdir(from), isPacks)) {
    try {
      await link(join(from, name), join(to, name))
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error // the same content: objects and packs are named by it
    }
  }
  await syncFolder(to)
}

/** git sees a pack once its index is there, so that comes last. Lock files (.keep) stay behind. */
const inOrder = (names: string[], isPacks: boolean): string[] => {
  if (!isPacks) return names
  const parts = names.filter((name) => /^pack-[0-9a-f]+\.(?:pack|rev|mtimes|idx)$/.test(name))
  return parts.toSorted((a, b) => Number(a.endsWith('.idx')) - Number(b.endsWith('.idx')))
}

const syncFolder = async (path: string): Promise<void> => {
  const folder = await open(path)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
