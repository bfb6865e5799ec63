import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { keeperEnvironment } from '#/foundation/config.ts'
import { askKeeper } from '#/foundation/ask-keeper.ts'
import { ended, run, start, type RunResult } from '#/foundation/exec.ts'
import { findKeeper, readKeeperState } from '#/foundation/keeper-state.ts'
import { aFreePort } from '#/keeper/a-free-port.ts'
import { findProcesses } from '#/keeper/find-processes.ts'
import { until } from './until.ts'

const LIMIT_MS = 30_000

/** A data directory with a keeper over stand-ins: see fixtures/keeper.ts. Everything it started ends with it. */
export type TestKeeper = AsyncDisposable & {
  dataDir: string
  firstPort: number
  secondPort: number
  /** Starts another keeper process; resolves with its exit code if it ends. */
  start: (mode?: 'up' | 'down') => Promise<{ code: number }>
  untilReady: () => Promise<void>
  /** Process id of what runs under that name now; `keeper` is one of them. */
  pidOf: (name: string) => Promise<number>
  /** Waits until another process than `pid` runs under that name. */
  untilReplaced: (name: string, pid: number) => Promise<number>
  stop: () => Promise<void>
}

export const aKeeper = async (): Promise<TestKeeper> => {
  const dataDir = await realpath(await mkdtemp(join(tmpdir(), 'sluice-test-keeper-')))
  const firstPort = aFreePort()
  const secondPort = aFreePort()
  const startOne = (mode: 'up' | 'down' = 'up'): Promise<{ code: number }> =>
    ended(
      start(process.execPath, keeperArguments(mode, { firstPort, secondPort }), {
        env: keeperEnvironment(dataDir, ''),
        stdio: 'ignore',
        detached: true,
      }),
    )
  const findPid = async (name: string): Promise<number | undefined> =>
    name === 'keeper'
      ? findKeeper(dataDir)?.pid
      : (await readKeeperState(dataDir)).processes[name]?.pid
  const untilReady = (): Promise<void> =>
    until(() => isReady(dataDir), { limitMs: LIMIT_MS, what: 'the keeper' }).then(() => {})
  const stop = async (): Promise<void> => {
    const keeper = findKeeper(dataDir)
    if (keeper) process.kill(keeper.pid, 'SIGTERM')
    await until(() => !findKeeper(dataDir), { limitMs: LIMIT_MS, what: 'the end of the keeper' })
  }
  void startOne()
  await untilReady()
  return {
    dataDir,
    firstPort,
    secondPort,
    start: startOne,
    untilReady,
    pidOf: (name) => until(() => findPid(name), { limitMs: LIMIT_MS, what: `${name} to run` }),
    untilReplaced: (name, pid) =>
      until(
        async () => {
          const now = await findPid(name)
          return now === pid ? undefined : now
        },
        { limitMs: LIMIT_MS, what: `another ${name}` },
      ),
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop()
      // A test may have left processes without a keeper.
      if (findProcesses(dataDir).size > 0) await startOne('down')
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

const FIXTURE = fileURLToPath(new URL('fixtures/keeper.ts', import.meta.url))

const keeperArguments = (
  mode: string,
  { firstPort, secondPort }: { firstPort: number; secondPort: number },
): string[] => [
  FIXTURE,
  `--mode=${mode}`,
  `--first-port=${firstPort}`,
  `--second-port=${secondPort}`,
]

const isReady = async (dataDir: string): Promise<boolean> =>
  askKeeper(dataDir, { request: 'ready' }).then(
    () => true,
    () => false,
  )

/** Runs a keeper to its end, for one that is not to come up. */
export const runKeeper = (
  dataDir: string,
  ports: { firstPort: number; secondPort: number },
): Promise<RunResult> =>
  run(process.execPath, keeperArguments('up', ports), { env: keeperEnvironment(dataDir, '') })

/** `NAME PID` of whoever answers on that port; each request is a connection of its own. */
export const askPort = (port: number, path = '/'): Promise<string> =>
  new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (some: string) => (text += some))
      response.on('end', () => resolve(text)).on('error', reject)
    }).on('error', reject)
  })

export type Stream = {
  /** Ends it and tells how its requests ended: `answered`, or the code of an error. */
  end: () => Promise<Record<string, number>>
}

/** One new connection every few milliseconds, whether or not those before it were answered. */
export const aStreamOfRequests = (port: number, everyMs = 5): Stream => {
  const outcomes: Record<string, number> = { answered: 0 }
  const underWay = new Set<Promise<void>>()
  const note = (outcome: string): void => {
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
  }
  const timer = setInterval(() => {
    const one = askPort(port).then(
      () => note('answered'),
      (error: NodeJS.ErrnoException) => note(error.code ?? error.message),
    )
    underWay.add(one)
    void one.finally(() => underWay.delete(one))
  }, everyMs)
  return {
    end: async () => {
      clearInterval(timer)
      await Promise.all(underWay)
      return outcomes
    },
  }
}
