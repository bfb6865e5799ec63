import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { get, type IncomingHttpHeaders } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import assert from 'node:assert/strict'
import { dataDirPaths } from '#/foundation/data-dir.ts'
import { openDatabase } from '#/foundation/db.ts'
import { clusterUrl } from '#/foundation/postgres-cluster.ts'
import { systemActor } from '#/platform/event/actor.ts'
import { createAccount } from '#/platform/team/create-account.ts'
import { run, type RunResult } from '#/foundation/exec.ts'
import { parseExports } from './exports.ts'
import { writeFiles } from './files.ts'
import { herokuCli } from './heroku-cli.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const COMMAND_LIMIT_MS = 240_000

/** A whole platform as a user starts it: `sluice up --detach`, real processes, a data directory of its own. */
export type TestPlatform = {
  dataDir: string
  /** A scratch folder that is also HOME: no command touches the machine's own settings. */
  home: string
  port: number
  routerPort: number
  routerTlsPort: number
  sluice: (...args: string[]) => Promise<RunResult>
  /** The unmodified official CLI. */
  heroku: (...args: string[]) => Promise<RunResult>
  /** Both, as somebody with an account of their own; the address is theirs from then on. */
  aPerson: (email: string) => Promise<Pick<TestPlatform, 'sluice' | 'heroku'>>
  git: (cwd: string, ...args: string[]) => Promise<RunResult>
  /** A working copy with one commit: an example's, or of the files given by name. */
  aRepository: (
    name: string,
    from: { example: string } | { files: Record<string, string> },
  ) => Promise<string>
  commit: (cwd: string, message: string) => Promise<void>
  /** GET of an app's page through the router. */
  request: (
    app: string,
    path?: string,
  ) => Promise<{ status: number; body: string; headers: IncomingHttpHeaders }>
  stop: () => Promise<void>
}

/**
 * @param root a checkout of the platform other than this one
 * @param options of `sluice up` beyond the ports
 */
export const startPlatform = async (
  env: Record<string, string> = {},
  root = ROOT,
  options: string[] = [],
): Promise<TestPlatform> => {
  const command = join(root, 'bin', 'sluice')
  const home = await mkdtemp(join(tmpdir(), 'sluice-journey-'))
  const dataDir = join(home, 'platform')
  const [port, routerPort, routerTlsPort] = await Promise.all([
    aFreePort(),
    aFreePort(),
    aFreePort(),
  ])
  const base: Record<string, string> = {
    PATH: `${join(root, 'bin')}:${process.env['PATH'] ?? ''}`,
    HOME: home,
    LANG: 'C.UTF-8',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.com',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.com',
    SLUICE_DATA_DIR: dataDir,
    ...registrySettings(),
    ...env,
  }
  const sluice = (...args: string[]): Promise<RunResult> =>
    run(command, args, { env: base, cwd: home, timeoutMs: COMMAND_LIMIT_MS })
  const up = await sluice(
    'up',
    '--detach',
    '--port',
    String(port),
    '--router-port',
    String(routerPort),
    '--router-tls-port',
    String(routerTlsPort),
    ...options,
  )
  if (up.code !== 0) {
    await sluice('down')
    await rm(home, { recursive: true, force: true })
    throw new Error(`sluice up ended with ${up.code}:\n${up.stdout}\n${up.stderr}`)
  }
  const clientEnv = { ...base, ...parseExports((await sluice('env')).stdout) }
  const heroku = await herokuCli()
  const git = (cwd: string, ...args: string[]): Promise<RunResult> =>
    run('git', args, {
      env: { ...clientEnv, PATH: `${join(heroku, '..')}:${clientEnv['PATH']}` },
      cwd,
      timeoutMs: COMMAND_LIMIT_MS,
    })
  const commit = async (cwd: string, message: string): Promise<void> => {
    await git(cwd, 'add', '--all')
    const { code, stderr } = await git(cwd, 'commit', '--quiet', '--message', message)
    assert.equal(code, 0, stderr)
  }
  return {
    dataDir,
    home,
    port,
    routerPort,
    routerTlsPort,
    sluice,
    heroku: (...args) =>
      run(heroku, args, { env: clientEnv, cwd: home, timeoutMs: COMMAND_LIMIT_MS }),
    aPerson: async (email) => {
      const env = { ...clientEnv, HEROKU_API_KEY: await makeAccount(dataDir, email) }
      const elsewhere = { ...env, SLUICE_DATA_DIR: join(home, 'none') } // else it is the operator
      return {
        heroku: (...args) => run(heroku, args, { env, cwd: home, timeoutMs: COMMAND_LIMIT_MS }),
        sluice: (...args) =>
          run(command, args, { env: elsewhere, cwd: home, timeoutMs: COMMAND_LIMIT_MS }),
      }
    },
    git,
    commit,
    aRepository: async (name, from) => {
      const dir = join(home, name)
      await mkdir(dir)
      if ('example' in from) await copyExample(from.example, dir)
      else await writeFiles(dir, from.files)
      await git(dir, 'init', '--quiet', '--initial-branch', 'main')
      await commit(dir, 'First version')
      return dir
    },
    request: (app, path = '/') => requestPage(routerPort, app, path),
    stop: async () => {
      await sluice('down')
      await rm(home, { recursive: true, force: true })
    },
  }
}

/** Returns the token of a new account. */
const makeAccount = async (dataDir: string, email: string): Promise<string> => {
  const { postgres, postgresSocketDir } = dataDirPaths(dataDir)
  const url = clusterUrl(
    { dataDir: postgres, socketDir: postgresSocketDir, port: null },
    'postgres',
  )
  const database = openDatabase(url, 1)
  try {
    const input = { email, tokenDescription: 'test' }
    return (await createAccount(database.db, systemActor('test'), input)).token
  } finally {
    await database.stop()
  }
}

/** What npm, pip and git need on this machine to reach their registries, and nothing else of the environment. */
const registrySettings = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined &&
        /^(npm_config_|pip_|uv_|https?_proxy$|no_proxy$|ssl_cert_file$|node_extra_ca_certs$|requests_ca_bundle$)/i.test(
          entry[0],
        ),
    ),
  )

const copyExample = (example: string, dir: string): Promise<void> =>
  cp(join(ROOT, 'examples', example), dir, {
    recursive: true,
    filter: (path) => !/\/(node_modules|__pycache__|staticfiles)(\/|$)/.test(path),
  })

export const aFreePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })

const requestPage = (
  port: number,
  app: string,
  path: string,
): Promise<{ status: number; body: string; headers: IncomingHttpHeaders }> =>
  new Promise((resolve, reject) => {
    get(
      {
        host: '127.0.0.1',
        port,
        path,
        headers: { host: `${app}.localhost:${port}` },
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            body: Buffer.concat(chunks).toString(),
            headers: response.headers,
          }),
        )
      },
    ).on('error', reject)
  })

/** Fails with everything a command printed, which is what one wants to read then. */
export const assertSucceeds = (result: RunResult): RunResult => {
  assert.equal(result.code, 0, `exit ${result.code}\n${result.stdout}\n${result.stderr}`)
  return result
}
