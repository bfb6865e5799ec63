import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { hostEnvironment } from '#/foundation/config.ts'
import { hasCode } from '#/foundation/errors.ts'
import { run } from '#/foundation/exec.ts'

export type Commit = {
  sha: string
  /** ISO 8601, of the author. */
  date: string
  /** First line, at most 200 characters of it. */
  subject: string
  author: { name: string; email: string }
}

export type CommitDifference = {
  /** Commits that `head` has and `base` has not, and the other way round. */
  aheadBy: number
  behindBy: number
  /** The newest of those that `head` is ahead by. */
  commits: Commit[]
  /** How many people wrote what `head` is ahead by. */
  authors: number
  /** Paths that differ between the two. */
  files: string[]
}

/** A commit, and the app to which it was pushed. */
export type PushedCommit = { appId: string; commit: string | null }

const MOST_COMMITS = 250
const MOST_CHARACTERS = 200
const LIMIT_MS = 10_000
const SHA = /^[0-9a-f]{40}([0-9a-f]{24})?$/
/** git's mark of a commit that only the right of `base...head` has. */
const ON_HEAD = '>'
const SEPARATOR = '\u001f'
const FORMAT = ['%m', '%H', '%aI', '%an', '%ae', '%s'].join('%x1f')

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
  if (base.commit === head.commit) return { ...NOTHING }
  const git = gitIn([...new Set([head.appId, base.appId])].map((id) => join(gitDir, `${id}.git`)))
  if (!git) return null
  const [log, files] = await Promise.all([
    git(
      'log',
      ...['-z', '--left-right', `--format=${FORMAT}`, '--no-mailmap', '--no-color'],
      ...['--no-show-signature', '--end-of-options', `${base.commit}...${head.commit}`],
    ),
    git(
      'diff-tree',
      ...['-r', '-z', '--name-only', '--no-renames'],
      ...['--end-of-options', base.commit, head.commit],
    ),
  ])
  if (log === null || files === null) return null
  const lines = split(log)
  const ahead = lines.filter((line) => line.startsWith(ON_HEAD))
  return {
    aheadBy: ahead.length,
    behindBy: lines.length - ahead.length,
    commits: ahead.slice(0, MOST_COMMITS).map(parseCommit),
    authors: new Set(ahead.map((line) => line.split(SEPARATOR, 5)[4])).size,
    files: split(files),
  }
}

/** A commit that was pushed here; null where the platform has not got it. */
export const readCommit = async (
  gitDir: string,
  { appId, commit }: PushedCommit,
): Promise<Commit | null> => {
  if (!isSha(commit)) return null
  const git = gitIn([join(gitDir, `${appId}.git`)])
  const log = await git?.(
    'log',
    ...['-1', '-z', `--format=${FORMAT}`, '--no-mailmap', '--no-color'],
    ...['--no-show-signature', '--end-of-options', commit],
  )
  const [line] = split(log ?? '')
  return line === undefined ? null : parseCommit(line)
}

const NOTHING: CommitDifference = { aheadBy: 0, behindBy: 0, commits: [], authors: 0, files: [] }

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
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_ALTERNATE_OBJECT_DIRECTORIES: others
      .map((path) => JSON.stringify(join(path, 'objects')))
      .join(':'),
  }
  return async (...args) => {
    const all = ['-c', 'safe.directory=*', '--git-dir', first, ...args]
    try {
      const { code, stdout } = await run('git', all, { env, timeoutMs: LIMIT_MS })
      return code === 0 ? stdout : null
    } catch (error) {
      if (hasCode(error, 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER')) return null
      throw error
    }
  }
}

const split = (text: string): string[] => text.split('\0').filter(Boolean)

const parseCommit = (line: string): Commit => {
  const [, sha = '', date = '', name = '', email = '', ...subject] = line.split(SEPARATOR)
  return {
    sha,
    date,
    subject: harmless(subject.join(' ')),
    author: { name: harmless(name), email: harmless(email) },
  }
}

/** Whoever commits chooses these words, and terminals print them. */
export const harmless = (text: string): string =>
  text.replace(/\p{Cc}/gu, '').slice(0, MOST_CHARACTERS)
