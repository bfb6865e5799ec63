import assert from 'node:assert/strict'
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after } from 'node:test'
import { createApi } from '#/api/create-api.ts'
import { config } from '#/foundation/config.ts'
import { run, type RunResult } from '#/foundation/exec.ts'
import { newId } from '#/foundation/ids.ts'
import { startGitReceiver } from '#/git-receiver/start-git-receiver.ts'
import { enlistWorker } from '#/worker/dead-workers.ts'
import { jobHandlers } from '#/worker/job-handlers.ts'
import { startWorker, type Worker } from '#/worker/start-worker.ts'
import { anApp } from './apps.ts'
import type { TestPlatform } from './test-platform.ts'

export type GitPlatform = TestPlatform & {
  /** `http://…/<app>.git`, as the operator or whoever holds the token. */
  urlOf: (app: string, token?: string) => string
  origin: string
  /** Does the platform's jobs from now on. */
  startWorker: () => Promise<Worker>
}

/** A platform whose API and git are reached over real HTTP, on a port of their own. */
export const aGitPlatform = async <Base extends TestPlatform>(
  makeBase: () => Promise<Base>,
): Promise<Base & GitPlatform> => {
  let stop = async (): Promise<void> => {}
  after(() => stop()) // before the platform goes: hooks run in their order
  const test = await makeBase()
  const { platform, database, token } = test
  const workerId = newId()
  const leave = await enlistWorker(database.url, workerId, () => {})
  const receiver = await startGitReceiver({ ...platform, workerId })
  const api = await createApi(platform, receiver.first)
  await new Promise<void>((resolve) => api.server.listen(0, '127.0.0.1', resolve))
  const { port } = api.server.address() as AddressInfo
  const workers = new Set<Worker>()
  stop = async () => {
    api.server.close()
    api.server.closeAllConnections()
    await receiver.stop()
    await Promise.all([...workers].map((worker) => worker.stop()))
    await api.stop()
    await leave()
  }
  return {
    ...test,
    origin: `http://127.0.0.1:${port}`,
    urlOf: (app, as = token) => `http://any:${as}@127.0.0.1:${port}/${app}.git`,
    startWorker: async () => {
      const needs = { pool: database.pool, log: platform.log, id: workerId }
      const worker = await startWorker(needs, jobHandlers(platform))
      workers.add(worker)
      return worker
    },
  }
}

export type WorkingCopy = {
  dir: string
  git: (...args: string[]) => Promise<RunResult>
  /** Writes the files (null removes one) and commits all; returns the commit. */
  commit: (files: Record<string, string | null>, message?: string) => Promise<string>
}

const ENV = {
  PATH: process.env['PATH'] ?? '',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
}

export const runGit = (cwd: string, ...args: string[]): Promise<RunResult> =>
  run('git', args, { cwd, env: ENV, timeoutMs: 120_000 })

/** A repository of a user's with one commit on `main`. */
export const aWorkingCopy = async (files: Record<string, string>): Promise<WorkingCopy> => {
  const root = await mkdtemp(join(tmpdir(), 'sluice-test-copy-'))
  after(() => rm(root, { recursive: true, force: true }))
  const dir = join(root, 'copy')
  await mkdir(dir)
  const git = (...args: string[]): Promise<RunResult> => runGit(dir, ...args)
  const commit: WorkingCopy['commit'] = async (changed, message = 'A change') => {
    for (const [name, text] of Object.entries(changed)) {
      const path = join(dir, name)
      await rm(path, { force: true })
      if (text === null) continue
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, text, { mode: text.startsWith('#!') ? 0o755 : 0o644 })
    }
    await git('add', '--all')
    const made = await git('commit', '--quiet', '--allow-empty', '--message', message)
    if (made.code !== 0) throw new Error(made.stderr)
    return (await git('rev-parse', 'HEAD')).stdout.trim()
  }
  await git('init', '--quiet', '--initial-branch=main')
  await commit(files, 'First version')
  return { dir, git, commit }
}

/**
 * The URL of a buildpack that shows what it is given and then runs these lines of shell; no network is needed.
 * Its apps have no web process, so that nothing has to run for them.
 */
export const aBuildpack = async (compile = ''): Promise<string> => {
  Object.assign(config, { fileBuildpacks: true })
  const { dir } = await aWorkingCopy({
    'bin/detect': '#!/bin/sh\necho Plain\n',
    'bin/compile': `#!/bin/sh\necho "       compiling $SOURCE_VERSION"\n${compile}\n`,
    'bin/release': '#!/bin/sh\necho "--- {}"\n',
  })
  return `file://${dir}`
}

/** An app that is built with this buildpack alone. */
export const anAppBuiltBy = async (
  host: GitPlatform,
  buildpack: string,
): Promise<{ id: string; name: string }> => {
  const app = await anApp(host)
  const updates = [{ buildpack }]
  const set = await host.call('PUT', `/apps/${app.name}/buildpack-installations`, { updates })
  assert.equal(set.statusCode, 200, set.body)
  return app
}
