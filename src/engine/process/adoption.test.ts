import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { dataDirPaths } from '#/foundation/data-dir.ts'
import { ended, start } from '#/foundation/exec.ts'
import { serveFeeds, type FeedServer, type FeedSource } from '#/foundation/feed.ts'
import { createLogger } from '#/foundation/log.ts'
import {
  DYNO_FEED,
  type DynoReport,
  type EngineReport,
  type WantedDyno,
} from '#/platform/dyno/engine.ts'
import { until } from '../../../test/support/until.ts'
import { aWantedDyno, read, SERVE } from '#/engine/engine-conformance.ts'

/** A real engine process that is killed with SIGKILL, and what the next one makes of what it finds. */
const ENGINE = fileURLToPath(new URL('../../../bin/engine.ts', import.meta.url))
const LIMIT = { limitMs: 30_000 }
const log = createLogger('test')

let dataDir: string
let server: FeedServer
const wanted = new Map<string, WantedDyno>()
const states = new Map<string, DynoReport>()
let engines = 0
let number = 0
let news = (): void => {}

const source: FeedSource<WantedDyno, EngineReport> = {
  name: DYNO_FEED,
  readTable: async () => ({ number, rows: [...wanted.values()] }),
  readChange: async () => undefined,
  onNews: (listener) => {
    news = listener
    return () => {}
  },
  onReport: async (_follower, _number, { whole, dynos }) => {
    if (whole) engines += 1
    for (const dyno of dynos) states.set(dyno.id, dyno)
  },
}

before(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sluice-adopt-'))
  await mkdir(dataDirPaths(dataDir).run)
  server = await serveFeeds(dataDirPaths(dataDir).feedSocket, [source], log)
})
after(async () => {
  wanted.clear()
  change()
  await until(
    () => [...states.values()].every(({ state }) => state === 'down' || state === 'complete'),
    LIMIT,
  )
  await engine?.kill()
  await server.stop()
  await rm(dataDir, { recursive: true, force: true })
})

const change = (): void => {
  number += 1
  news()
}
const want = (dyno: Partial<WantedDyno>): WantedDyno => {
  const row = aWantedDyno(dyno)
  wanted.set(row.id, row)
  change()
  return row
}
const untilState = ({ id }: WantedDyno, state: string): Promise<DynoReport> =>
  until(() => (states.get(id)?.state === state ? states.get(id) : undefined), {
    ...LIMIT,
    what: `the dyno to be ${state}`,
  })

let engine: { kill: () => Promise<void> } | undefined
const startEngine = async (): Promise<void> => {
  const known = engines
  const child = start(process.execPath, [ENGINE], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { PATH: process.env['PATH'] ?? '', SLUICE_DATA_DIR: dataDir, SLUICE_LOG_LEVEL: 'warn' },
  })
  const over = ended(child)
  engine = {
    kill: async () => {
      child.kill('SIGKILL')
      await over
      engine = undefined
    },
  }
  await until(() => engines > known, LIMIT)
}
/** Pid and start time, as the first run's supervisor has written them down. */
const supervisorOf = ({ id }: WantedDyno): Promise<string> => {
  const path = join(dataDirPaths(dataDir).engine, 'dynos', id, 'run-1', 'identity')
  const read = async () => (await readFile(path, 'utf8').catch(() => '')).trim()
  return until(read, { ...LIMIT, what: 'the supervisor to say who it is' })
}

test('a killed engine leaves its dynos running, and the next adopts them: same process, no restart', async () => {
  await startEngine()
  const web = want({ web: true, command: SERVE, env: { GREETING: 'still here' } })
  const { address } = await untilState(web, 'up')
  const before = await supervisorOf(web)
  for (let kill = 0; kill < 3; kill++) {
    await engine?.kill()
    assert.equal(await read(address), 'still here')
    await startEngine()
  }
  const now = states.get(web.id)
  assert.equal(now?.state, 'up')
  assert.equal(now.restarts, 0)
  assert.deepEqual(now.address, address)
  assert.equal(await supervisorOf(web), before)
  wanted.delete(web.id)
  change()
  await untilState(web, 'down')
})

test('what ended while no engine was there is reported by the next', async () => {
  const once = want({ kind: 'once', command: 'sleep 0.5; exit 9' })
  await untilState(once, 'up')
  await engine?.kill()
  await until(
    () =>
      readFile(join(dataDirPaths(dataDir).engine, 'dynos', once.id, 'run-1', 'exit'), 'utf8').catch(
        () => '',
      ),
    LIMIT,
  )
  await startEngine()
  assert.equal((await untilState(once, 'complete')).exitStatus, 9)
})

test('a dyno that is no longer wanted when the engine comes back is stopped', async () => {
  const worker = want({ command: 'sleep 1000' })
  await untilState(worker, 'up')
  await engine?.kill()
  wanted.delete(worker.id)
  number += 1
  await startEngine()
  await untilState(worker, 'down')
})

test('with its state file lost or spoilt a dyno is not run twice', async () => {
  const worker = want({ command: 'echo $$; sleep 1000' })
  await untilState(worker, 'up')
  await engine?.kill()
  const file = join(dataDirPaths(dataDir).engine, 'dynos', worker.id, 'state.json')
  await truncate(file, 10)
  await startEngine()
  await untilState(worker, 'up')
  await engine?.kill()
  await writeFile(file, 'no JSON at all')
  await startEngine()
  await untilState(worker, 'up')
  wanted.delete(worker.id)
  change()
  await untilState(worker, 'down')
})

test('a dyno whose supervisor is killed ends with it and is started again once', async () => {
  const worker = want({ command: 'sleep 1000' })
  await untilState(worker, 'up')
  const [pid] = (await supervisorOf(worker)).split(' ')
  process.kill(Number(pid), 'SIGKILL')
  await until(
    () => states.get(worker.id)?.restarts === 1 && states.get(worker.id)?.state === 'up',
    LIMIT,
  )
  wanted.delete(worker.id)
  change()
  await untilState(worker, 'down')
})
