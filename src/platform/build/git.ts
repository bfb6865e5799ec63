import type { ChildProcess, StdioOptions } from 'node:child_process'
import { hostEnvironment } from '#/foundation/config.ts'
import { run, runOrThrow, start, type RunResult } from '#/foundation/exec.ts'

/**
 * What git is told whatever the machine's or a repository's own settings are: hooks only where a caller names them,
 * nothing runs by itself, and what git has acknowledged outlives a power cut.
 */
const SETTINGS: Record<string, string> = {
  'core.hooksPath': '/dev/null',
  'core.fsync': 'all',
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'receive.autogc': 'false',
  'safe.directory': '*',
  /** Commits of builds are kept there; nobody sees, fetches or pushes them. */
  'transfer.hideRefs': 'refs/builds',
}

/** The whole environment of a git: nothing of ours but PATH, so no GIT_DIR, no editor, no credentials. */
export const gitEnvironment = (settings: Record<string, string> = {}): Record<string, string> => {
  const all = Object.entries({ ...SETTINGS, ...settings })
  return {
    ...hostEnvironment(),
    HOME: '/nonexistent',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_COUNT: String(all.length),
    ...Object.fromEntries(
      all.flatMap(([key, value], at) => [
        [`GIT_CONFIG_KEY_${at}`, key],
        [`GIT_CONFIG_VALUE_${at}`, value],
      ]),
    ),
  }
}

const LIMIT_MS = 120_000

/** @param repository bare; undefined for a command that needs none */
export const git = (repository: string | undefined, ...args: string[]): Promise<RunResult> =>
  run('git', inRepository(repository, args), { env: gitEnvironment(), timeoutMs: LIMIT_MS })

/** As `git`; returns standard output without the last line end. @throws ExecError */
export const gitOrThrow = async (
  repository: string | undefined,
  ...args: string[]
): Promise<string> =>
  (
    await runOrThrow('git', inRepository(repository, args), {
      env: gitEnvironment(),
      timeoutMs: LIMIT_MS,
    })
  ).trimEnd()

export const startGit = (
  repository: string,
  args: readonly string[],
  stdio: StdioOptions,
): ChildProcess =>
  start('git', inRepository(repository, args), { env: gitEnvironment(), cwd: '/', stdio })

const inRepository = (repository: string | undefined, args: readonly string[]): string[] =>
  repository === undefined ? [...args] : [`--git-dir=${repository}`, ...args]
