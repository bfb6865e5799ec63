import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DataDirPaths } from '#/foundation/data-dir.ts'
import { hasCode } from '#/foundation/errors.ts'
import { removeTree } from '#/foundation/remove-tree.ts'
import { appFiles } from '#/platform/app/app-files.ts'
import { git, gitOrThrow } from './git.ts'

/** 40 zeros: git's word for "there is no such ref". */
export const NO_COMMIT = '0'.repeat(40)
export const isNoCommit = (oid: string): boolean => /^0+$/.test(oid)

const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/
export const isOid = (text: string): boolean => COMMIT.test(text)

/** Pushes to these branches build. */
export const DEPLOY_BRANCHES = ['main', 'master'] as const

export const branchRef = (branch: string): string => `refs/heads/${branch}`
/** Where the commit of a build is kept, whatever becomes of the branch. */
export const buildRef = (buildId: string): string => `refs/builds/${buildId}`

/** An app's own attributes may not leave files out of what is built. */
const ATTRIBUTES = '* -export-ignore -export-subst\n'

type Paths = Pick<DataDirPaths, 'git' | 'buildCaches'>

/** The app's bare repository, made at its first use. */
export const ensureRepository = async (paths: Paths, appId: string): Promise<string> => {
  const { repository } = appFiles(paths, appId)
  if (existsSync(repository)) return repository
  await mkdir(paths.git, { recursive: true, mode: 0o700 })
  const fresh = `${repository}.${randomBytes(6).toString('hex')}.new`
  await gitOrThrow(
    undefined,
    ...['init', '--quiet', '--bare', '--template=', '--initial-branch=main', fresh],
  )
  await mkdir(join(fresh, 'info'))
  await writeFile(join(fresh, 'info', 'attributes'), ATTRIBUTES)
  try {
    await rename(fresh, repository)
  } catch (error) {
    await removeTree(fresh)
    if (!hasCode(error, 'ENOTEMPTY') && !hasCode(error, 'EEXIST')) throw error // else another was first
  }
  return repository
}

/** What a ref points at; NO_COMMIT if there is no such ref. */
export const readRef = async (repository: string, ref: string): Promise<string> => {
  const { code, stdout } = await git(repository, 'rev-parse', '--verify', '--quiet', ref)
  return code === 0 ? stdout.trim() : NO_COMMIT
}

/** True if the object is there and a commit (and not, say, a tag of one). */
export const isCommit = async (repository: string, oid: string): Promise<boolean> => {
  const { code, stdout } = await git(repository, 'cat-file', '-t', oid)
  return code === 0 && stdout.trim() === 'commit'
}

const LONGEST_SUBJECT = 500

/** The first line of a commit's message, as text that no terminal acts on. */
export const commitSubject = async (repository: string, commit: string): Promise<string> =>
  subjectOf(
    await gitOrThrow(
      repository,
      ...['show', '--no-patch', '--no-show-signature', '--format=%s', commit],
    ),
  )

/** As `commitSubject`; undefined if the object is not there or no commit: git names the commit that a tag leads to. */
export const findCommitSubject = async (
  repository: string,
  oid: string,
): Promise<string | undefined> => {
  const options = ['--no-walk', '--no-show-signature', '--format=%H%n%s']
  const { code, stdout } = await git(repository, 'log', ...options, oid, '--')
  const end = stdout.indexOf('\n')
  return code === 0 && stdout.slice(0, end) === oid ? subjectOf(stdout.slice(end + 1)) : undefined
}

const subjectOf = (line: string): string =>
  line.replace(/\p{C}/gu, ' ').slice(0, LONGEST_SUBJECT).trim()

/**
 * Moves a branch from one commit to another, if it is still at the first.
 * Otherwise it stays, and what it points at is returned.
 */
export const moveBranch = async (
  repository: string,
  branch: string,
  { from, to }: { from: string; to: string },
): Promise<string> => {
  const ref = branchRef(branch)
  const { code } = await git(repository, 'update-ref', ref, to, from)
  if (code !== 0) return readRef(repository, ref)
  await pointHeadAt(repository, branch)
  return to
}

/** A clone checks out the branch that is deployed. */
export const pointHeadAt = async (repository: string, branch: string): Promise<void> => {
  const head = await git(repository, 'rev-parse', '--verify', '--quiet', 'HEAD')
  if (head.code !== 0) await gitOrThrow(repository, 'symbolic-ref', 'HEAD', branchRef(branch))
}

const STALE_MS = 10 * 60_000

/** A git that was killed while it moved a ref leaves a lock, which would keep everyone from moving it ever after. */
export const removeStaleLocks = async (repository: string): Promise<void> => {
  for (const name of ['HEAD', 'packed-refs', ...DEPLOY_BRANCHES.map(branchRef)]) {
    const path = join(repository, `${name}.lock`)
    const lock = await stat(path).catch(() => undefined)
    if (lock && Date.now() - lock.mtimeMs > STALE_MS) await rm(path, { force: true })
  }
}

/** Forgets the commit of a build that never came to be. */
export const dropBuildRef = async (repository: string, buildId: string): Promise<void> => {
  await git(repository, 'update-ref', '-d', buildRef(buildId))
}
