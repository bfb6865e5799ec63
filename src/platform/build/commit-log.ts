import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { hostEnvironment } from '#/foundation/config.ts'
import { run } from '#/foundation/exec.ts'

export type Commit = {
  sha: string
  /** ISO 8601, of the author. */
  date: string
  /** First line, at most 200 columns of it. */
  subject: string
  author: { name: string; email: string }
}

export type CommitDifference = {
  /** Commits that `head` has and `base` has not, and the other way round. */
  aheadBy: number
  behindBy: number
  /** The newest of those that `head` is ahead by. */
  commits: Commit[]
  /** Paths that differ between the two. */
  files: string[]
}

/** A commit, and the app to which it was pushed. */
export type PushedCommit = { appId: string; commit: string | null }

const MOST_COMMITS = 250
const LIMIT_MS = 10_000
const SHA = /^[0-9a-f]{40}([0-9a-f]{24})?$/
const SEPARATOR = '\u001f'
const FORMAT = ['%H', '%aI', '%<(100,trunc)%an', '%<(200,trunc)%ae', '%<(200,trunc)%s'].join('%x1f')

/**
 * What lies between two commits that were pushed here, perhaps to two apps: git reads both repositories as one.
 * Null where the platform has not got the commits (a build from a tarball, a repository that went with its app).
 * @param gitDir where the bare repositories are, each `<app id>.git`
 */
export const compareCommits = async (
  gitDir: string,
  base: PushedCommit,
  head: PushedCommit,
): Promise<CommitDifference | null> => {
  if (!isSha(base.commit) || !isSha(head.commit)) return null
  if (base.commit === head.commit) return { aheadBy: 0, behindBy: 0, commits: [], files: [] }
  const git = gitIn([...new Set([head.appId, base.appId])].map((id) => join(gitDir, `${id}.git`)))
  if (!git) return null
  const [counts, log, files] = await Promise.all([
    git(
      'rev-list',
      '--left-right',
      '--count',
      '--end-of-options',
      `${base.commit}...${head.commit}`,
    ),
    git(
      'log',
      ...['-z', `--max-count=${MOST_COMMITS}`, `--format=${FORMAT}`, '--no-mailmap', '--no-color'],
      ...['--no-show-signature', '--end-of-options', `${base.commit}..${head.commit}`],
    ),
    git(
      'diff-tree',
      '-r',
      '-z',
      '--name-only',
      '--no-renames',
      '--end-of-options',
      base.commit,
      head.commit,
    ),
  ])
  if (counts === null || log === null || files === null) return null
  const [behindBy = 0, aheadBy = 0] = counts.trim().split('\t').map(Number)
  return { aheadBy, behindBy, commits: split(log).map(parseCommit), files: split(files) }
}

const isSha = (commit: string | null): commit is string => commit !== null && SHA.test(commit)

type Git = (...args: string[]) => Promise<string | null>

/** Runs git in the first of the repositories that exists, with the objects of all; null for what git cannot answer. */
const gitIn = (repositories: string[]): Git | undefined => {
  const [first, ...others] = repositories.filter((path) => existsSync(path))
  if (first === undefined) return undefined
  const env = {
    ...hostEnvironment(),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_ALTERNATE_OBJECT_DIRECTORIES: others
      .map((path) => JSON.stringify(join(path, 'objects')))
      .join(':'),
  }
  return async (...args) => {
    const all = ['-c', 'safe.directory=*', '--git-dir', first, ...args]
    const { code, stdout } = await run('git', all, { env, timeoutMs: LIMIT_MS })
    return code === 0 ? stdout : null
  }
}

const split = (text: string): string[] => text.split('\0').filter(Boolean)

const parseCommit = (line: string): Commit => {
  const [sha = '', date = '', name = '', email = '', ...subject] = line.split(SEPARATOR)
  return {
    sha,
    date,
    subject: subject.join(SEPARATOR).trim(),
    author: { name: name.trim(), email: email.trim() },
  }
}
