import { randomBytes } from 'node:crypto'
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { assertSucceeds, startPlatform, type TestPlatform } from '../support/platform.ts'
import { until } from '../support/until.ts'

/** The apps of every fault test, each with its own bad habit; `odd` misbehaves in whatever way it is asked to. */
export const APPS = ['fast', 'slow', 'crashing', 'stubborn', 'flooding', 'odd'] as const
export type AppName = (typeof APPS)[number]

/** Those whose answers count: `crashing` has none to give. */
export const SERVING: AppName[] = ['fast', 'slow', 'stubborn', 'flooding', 'odd']

/** Where `fast` is promoted from. */
export const STAGING = 'fast-staging'

/** Value of a secret config var of every app: nothing that the platform writes may hold it. */
export const CANARY = `canary-${randomBytes(8).toString('hex')}`

export type Answer = { status: number; body: unknown; retryAfter: string | null }

export type FaultPlatform = TestPlatform & {
  api: (
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) => Promise<Answer>
  pids: () => Promise<Record<string, number>>
  kill: (name: string) => Promise<void>
  isApiUp: () => Promise<boolean>
  untilApiUp: () => Promise<unknown>
  /** The next process that comes by the failpoint dies there. */
  arm: (failpoint: string) => Promise<void>
  /** Until somebody has died of it. */
  isArmed: () => Promise<boolean>
  disarm: () => Promise<void>
  /** Working copy of `fast-staging`. */
  source: string
}

export const RELEASE_PHASE_LIMIT_MS = 10_000

/** Command line of a release phase of an app with the config var RELEASE=hangs. */
export const HANGING_RELEASE = ['sleep', `3641.${process.pid}`]

/** The shell runs in the release phase; what it prints tells one run from another. */
const RELEASE = `echo "release phase of $ROUND, run $RANDOM$RANDOM"
if [ "$RELEASE" = hangs ]; then trap '' TERM; exec ${HANGING_RELEASE.join(' ')}; fi
`

/** Command line of what the buildpack does for a source with a file `compile-slowly`. */
export const SLOW_COMPILE = ['sleep', `12.${process.pid}`]

const BUILDPACK = {
  'bin/detect': '#!/bin/sh\necho Plain\n',
  'bin/compile': `#!/bin/sh\n[ ! -e "$1/compile-slowly" ] || ${SLOW_COMPILE.join(' ')}\n`,
  'bin/release': '#!/bin/sh\necho "--- {}"\n',
}

export const startFaultPlatform = async (): Promise<FaultPlatform> => {
  const armed = join('/tmp', `sluice-failpoint-${process.pid}`)
  await rm(armed, { force: true })
  const platform = await startPlatform({
    SLUICE_DRAIN_LIMIT_MS: '5000',
    SLUICE_STOP_LIMIT_MS: '2000',
    SLUICE_BOOT_LIMIT_MS: '15000',
    SLUICE_RELEASE_PHASE_LIMIT_MS: `${RELEASE_PHASE_LIMIT_MS}`,
    SLUICE_FILE_BUILDPACKS: '1',
    SLUICE_PRIVATE_WEBHOOK_HOSTS: '127.0.0.1',
    SLUICE_FAILPOINT: armed,
  })
  try {
    return await seed(platform, armed)
  } catch (error) {
    await platform.stop()
    throw error
  }
}

const seed = async (platform: TestPlatform, armed: string): Promise<FaultPlatform> => {
  const buildpack = await platform.aRepository('buildpack', { files: BUILDPACK })
  const source = await platform.aRepository('source', {
    files: {
      Procfile: 'web: exec python3 server.py\nrelease: . ./release.sh\n',
      'release.sh': RELEASE,
      'server.py': await readFile(new URL('server.py', import.meta.url), 'utf8'),
      page: 'page 0',
    },
  })
  const token = (await platform.sluice('auth:token')).stdout.trim()
  const api: FaultPlatform['api'] = async (method, path, body, headers = {}) => {
    const response = await fetch(`http://127.0.0.1:${platform.port}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    })
    const text = await response.text()
    return {
      status: response.status,
      body: text === '' ? null : (JSON.parse(text) as unknown),
      retryAfter: response.headers.get('retry-after'),
    }
  }
  const sluice = async (...args: string[]): Promise<void> =>
    void assertSucceeds(await platform.sluice(...args))
  for (const app of [STAGING, ...APPS]) {
    await sluice('apps:create', app, '--no-remote')
    await sluice('buildpacks:set', `file://${buildpack}`, '-a', app)
    await sluice('config:set', `SECRET_TOKEN=${CANARY}`, '-a', app)
    const url = `https://localhost:${platform.port}/${app}.git`
    await platform.git(source, 'remote', 'add', app, url)
    assertSucceeds(await platform.git(source, 'push', '--quiet', app, 'main'))
  }
  await sluice('pipelines:create', 'fast', '-a', STAGING, '-s', 'staging')
  await sluice('pipelines:add', 'fast', '-a', 'fast', '-s', 'production')

  const pids = async (): Promise<Record<string, number>> => {
    const { stdout } = await platform.sluice('status', '--json')
    const { processes } = JSON.parse(stdout) as { processes: { name: string; pid: number }[] }
    return Object.fromEntries(processes.map(({ name, pid }) => [name, pid]))
  }
  const isApiUp = (): Promise<boolean> =>
    fetch(`http://127.0.0.1:${platform.port}/health`, { signal: AbortSignal.timeout(5_000) }).then(
      ({ ok }) => ok,
      () => false,
    )
  return {
    ...platform,
    api,
    pids,
    kill: async (name) => {
      const running = async (): Promise<number> => (await pids())[name] ?? 0
      const what = `${name} running, to be killed`
      process.kill(await until(running, { limitMs: 30_000, everyMs: 50, what }), 'SIGKILL')
    },
    isApiUp,
    untilApiUp: () => until(isApiUp, { limitMs: 60_000, everyMs: 50, what: 'the API' }),
    arm: (failpoint) => writeFile(armed, failpoint),
    isArmed: () =>
      stat(armed).then(
        () => true,
        () => false,
      ),
    disarm: () => rm(armed, { force: true }),
    source,
    stop: async () => {
      await rm(armed, { force: true })
      await platform.stop()
    },
  }
}
