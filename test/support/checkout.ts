import { cp, mkdir, readdir, rm, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run, runOrThrow } from '#/foundation/exec.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/**
 * The newest tag before this commit, or, as long as there is none, the commit before the one that brought the newest
 * migration. Undefined where git does not know it: in a shallow clone, or without a repository.
 */
export const previousVersion = async (): Promise<string | undefined> => {
  const tag = await git('describe', '--tags', '--abbrev=0', 'HEAD^')
  if (tag !== undefined) return tag
  const newest = (await migrationsOf(ROOT)).at(-1) ?? ''
  const format = ['--diff-filter=A', '--format=%H', '--max-count=1']
  const brought = await git('log', ...format, '--', `migrations/${newest}`)
  return brought === undefined ? undefined : git('rev-parse', '--verify', `${brought}^`)
}

export const migrationsOf = async (root: string): Promise<string[]> =>
  (await readdir(join(root, 'migrations'))).filter((name) => /^\d{4}-/.test(name)).sort()

/** Puts the code of a version into the folder, in the place of what is there: what `git checkout` does. */
export const putVersion = async (dir: string, version: string): Promise<void> => {
  const archive = join(dir, '..', 'version.tar')
  await runOrThrow('git', ['archive', '--output', archive, version], { cwd: ROOT })
  await clear(dir)
  await runOrThrow('tar', ['--extract', '--touch', '--file', archive, '--directory', dir])
  await rm(archive)
}

/** The same with this working copy, as it is on the disk. */
export const putThisVersion = async (dir: string): Promise<void> => {
  const listed = await runOrThrow(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    { cwd: ROOT },
  )
  await clear(dir)
  for (const name of listed.split('\0').filter(Boolean)) {
    await mkdir(dirname(join(dir, name)), { recursive: true })
    await cp(join(ROOT, name), join(dir, name)).catch(ignoreRemoved)
  }
}

const ignoreRemoved = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'ENOENT') throw error
}

const PACKAGES = 'node_modules'

/** All but the packages, which are this checkout's; without its cache, where the programs are built from its code. */
const clear = async (dir: string): Promise<void> => {
  await mkdir(join(dir, PACKAGES), { recursive: true })
  for (const name of await readdir(dir))
    if (name !== PACKAGES) await rm(join(dir, name), { recursive: true })
  const linked = new Set(await readdir(join(dir, PACKAGES)))
  for (const name of await readdir(join(ROOT, PACKAGES)))
    if (name !== '.cache' && !linked.has(name))
      await symlink(join(ROOT, PACKAGES, name), join(dir, PACKAGES, name))
}

const git = async (...args: string[]): Promise<string | undefined> => {
  const { code, stdout } = await run('git', args, { cwd: ROOT }).catch(() => ({
    code: 1,
    stdout: '',
  }))
  return code === 0 && stdout.trim() !== '' ? stdout.trim() : undefined
}
