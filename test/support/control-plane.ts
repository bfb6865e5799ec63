import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { after } from 'node:test'
import type pg from 'pg'
import { dataDirPaths, type DataDirPaths } from '#/foundation/data-dir.ts'
import { ended, start } from '#/foundation/exec.ts'
import { programCommand } from '#/foundation/program-command.ts'
import { DEFAULT_SETTINGS } from '#/foundation/settings.ts'
import { aFreePort } from '#/keeper/a-free-port.ts'
import { stopAllDynos } from '#/engine/stop-all-dynos.ts'
import { prepareDataDir } from '#/keeper/prepare-data-dir.ts'
import { aTestDatabase } from './database.ts'
import { until } from './until.ts'

/** The control plane as a process of its own, which can be killed and started again on the same data. */
export type ControlPlaneProcess = {
  paths: DataDirPaths
  pool: pg.Pool
  /** Resolves once it serves. @param failpoint where it kills itself, from its start on */
  start: (failpoint?: string) => Promise<void>
  /** It kills itself the next time that it comes by there: for what earlier jobs come by too. */
  arm: (failpoint: string) => Promise<void>
  /** Resolves once it has been killed, or has killed itself. */
  ended: () => Promise<void>
  kill: () => Promise<void>
  /** Resolves once no job of that kind waits or runs: one that is left would meet the failpoint of the next start. */
  untilNone: (job: string) => Promise<void>
  call: <Answer>(method: string, path: string, body?: unknown) => Promise<Answer>
  urlOf: (app: string) => Promise<string>
}

export const aControlPlane = async ({ withEngine = false } = {}): Promise<ControlPlaneProcess> => {
  let stop = async (): Promise<void> => {}
  after(() => stop()) // before the database goes: hooks run in their order
  const database = await aTestDatabase()
  const dataDir = await mkdtemp(join(tmpdir(), 'sluice-test-plane-'))
  const paths = dataDirPaths(dataDir)
  const port = aFreePort()
  const settings = { ...DEFAULT_SETTINGS, apiPort: port, database: 'external' as const }
  await prepareDataDir({ dataDir, settings, databaseUrl: '' })
  let child: ChildProcess | undefined
  let end: Promise<unknown> = Promise.resolve()
  let hasEnded = true
  const armed = join(dataDir, 'failpoint')
  const token = async (): Promise<string> => (await readFile(paths.operatorToken, 'utf8')).trim()
  const isUp = (): Promise<boolean> => {
    assert.ok(!hasEnded, 'the control plane has ended before it served')
    return fetch(`http://127.0.0.1:${port}/health`).then(
      ({ ok }) => ok,
      () => false,
    )
  }
  const kill = async (): Promise<void> => {
    child?.kill('SIGKILL')
    await end
  }
  const stopEngine = withEngine ? await startEngine(paths) : undefined
  stop = async () => {
    await kill()
    await stopEngine?.()
    await rm(dataDir, { recursive: true, force: true })
  }
  return {
    paths,
    pool: database.pool,
    kill,
    arm: (failpoint) => writeFile(armed, failpoint),
    ended: async () => void (await end),
    untilNone: (job) =>
      until(
        async () => {
          const { rowCount } = await database.pool.query(
            `select from graphile_worker.jobs where task_identifier = $1
             and (locked_at is not null or attempts < max_attempts)`,
            [job],
          )
          return rowCount === 0
        },
        { limitMs: 60_000, what: `the end of each ${job}` },
      ).then(() => undefined),
    start: async (failpoint = armed) => {
      const [node, ...args] = programCommand('control-plane', '--port', String(port))
      child = start(node, args, {
        stdio: ['ignore', 'inherit', 'inherit'],
        env: {
          PATH: process.env['PATH'],
          SLUICE_DATA_DIR: dataDir,
          DATABASE_URL: database.url,
          SLUICE_FILE_BUILDPACKS: 'yes',
          SLUICE_FAILPOINT: failpoint,
          SLUICE_LOG_LEVEL: 'error',
        },
      })
      hasEnded = false
      end = ended(child).then(() => (hasEnded = true))
      await until(isUp, { limitMs: 60_000, what: 'the control plane' })
    },
    call: async (method, path, body) => {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
        method,
        headers: { authorization: `Bearer ${await token()}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      assert.ok(answer.ok, `${method} ${path}: ${answer.status}`)
      return JSON.parse(await answer.text())
    },
    urlOf: async (app) => `http://any:${await token()}@127.0.0.1:${port}/${app}.git`,
  }
}

const ENGINE = fileURLToPath(new URL('../../bin/engine.ts', import.meta.url))

/** A process of its own that stays when the control plane dies. Returns what stops it and its dynos. */
const startEngine = async (paths: DataDirPaths): Promise<() => Promise<void>> => {
  await mkdir(paths.run, { recursive: true, mode: 0o700 })
  const child = start(process.execPath, [ENGINE], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      SLUICE_DATA_DIR: paths.root,
      SLUICE_LOG_LEVEL: 'error',
    },
  })
  const end = ended(child)
  return async () => {
    child.kill('SIGKILL')
    await end
    await stopAllDynos(paths.root)
  }
}
