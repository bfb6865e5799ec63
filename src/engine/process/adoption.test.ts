import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { aWantedDyno, read, SERVE } from '#/engine/engine-conformance.ts'
import { stopAllDynos } from '#/engine/stop-all-dynos.ts'
import { dataDirPaths } from '#/foundation/data-dir.ts'
import { ended, run, start } from '#/foundation/exec.ts'
import { serveFeeds, type FeedServer, type FeedSource } from '#/foundation/feed.ts'
import { createLogger } from '#/foundation/log.ts'
import { identify, isAlive } from '#/foundation/process-identity.ts'
import { removeTree } from '#/foundation/remove-tree.ts'
import {
  attachSocketPath,
  DYNO_FEED,
  type DynoReport,
  type EngineReport,
  type WantedDyno,
} from '#/platform/dyno/engine.ts'
import { until } from '../../../test/support/until.ts'
import { keepDynoDurably, newMemory, type DynoMemory } from './dyno-memory.ts'
import { LOST } from './ending.ts'
import { makeRunDir } from './run-dir.ts'

/** A real engine process that is killed with SIGKILL, and what the next one makes of what it finds. */
const ENGINE = fileURLToPath(new URL('../../../bin/engine.ts', import.meta.url))
const LIMIT = { limitMs: 60_000 }
const log = createLogger('test')

let dataDir: string
let server: FeedServer | undefined
const wanted = new Map<string, WantedDyno>()
const states = new Map<string, DynoReport>()
const reported: DynoReport[] = []
let wholeReports = 0
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
    if (whole) wholeReports += 1
    for (const dyno of dynos) states.set(dyno.id, dyno)
    reported.push(...dynos)
  },
}
const serve = async (): Promise<void> => {
  server = await serveFeeds(dataDirPaths(dataDir).feedSocket, [source], log)
}

before(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sluice-adopt-'))
  await mkdir(dataDirPaths(dataDir).run)
  await serve()
})
after(async () => {
  await engine?.kill()
  await server?.stop()
  await stopAllDynos(dataDir)
  await removeTree(dataDir)
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
const unwant = async (dyno: WantedDyno): Promise<void> => {
  wanted.delete(dyno.id)
  change()
  await untilState(dyno, 'down')
}
const untilState = ({ id }: WantedDyno, state: string): Promise<DynoReport> =>
  until(() => (states.get(id)?.state === state ? states.get(id) : undefined), {
    ...LIMIT,
    what: `the dyno to be ${state}`,
  })

let engine: { kill: (signal?: NodeJS.Signals) => Promise<void> } | undefined
const startEngine = async ({ isFed = true } = {}): Promise<void> => {
  const known = wholeReports
  const child = start(process.execPath, [ENGINE], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { PATH: process.env['PATH'] ?? '', SLUICE_DATA_DIR: dataDir, SLUICE_LOG_LEVEL: 'fatal' },
  })
  const over = ended(child)
  engine = {
    kill: async (signal = 'SIGKILL') => {
      child.kill(signal)
      await over
      engine = undefined
    },
  }
  if (isFed) await until(() => wholeReports > known, { ...LIMIT, what: 'a report' })
}
const restartEngine = async (): Promise<void> => {
  await engine?.kill()
  await startEngine()
}
const folderOf = ({ id }: WantedDyno): string => join(dataDirPaths(dataDir).engine, 'dynos', id)
/** Pid and start time, as the supervisor of a run has written them down. */
const supervisorOf = (dyno: WantedDyno, runNumber = 1): Promise<string> => {
  const path = join(folderOf(dyno), `run-${runNumber}`, 'identity')
  const readIt = async () => (await readFile(path, 'utf8').catch(() => '')).trim()
  return until(readIt, { ...LIMIT, what: 'the supervisor to say who it is' })
}
const pidOf = async (dyno: WantedDyno): Promise<number> =>
  Number((await supervisorOf(dyno)).split(' ')[0])
const logOf = ({ appId }: WantedDyno): string => {
  const folder = join(dataDirPaths(dataDir).logs, appId)
  if (!existsSync(folder)) return ''
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n')
}

test('a killed engine leaves its dynos running, and the next adopts them: same process, no restart', async () => {
  await startEngine()
  const web = want({ web: true, command: SERVE, env: { GREETING: 'still here' } })
  const { address } = await untilState(web, 'up')
  const supervisor = await supervisorOf(web)
  for (let kill = 0; kill < 4; kill++) {
    await engine?.kill()
    assert.equal(await read(address), 'still here')
    await startEngine()
  }
  const now = await untilState(web, 'up') // an engine killed early has not written down that it is
  assert.equal(now.restarts, 0)
  assert.deepEqual(now.address, address)
  assert.equal(await supervisorOf(web), supervisor)
  await unwant(web)
  const [pid = '', startTime = ''] = supervisor.split(' ')
  await until(() => !isAlive({ pid: Number(pid), startTime }), LIMIT)
})

test('an engine that is asked to end leaves its dynos too', async () => {
  const worker = want({ command: 'echo started; sleep 1000' })
  await untilState(worker, 'up')
  const supervisor = await supervisorOf(worker)
  await engine?.kill('SIGTERM')
  await startEngine()
  assert.equal(await supervisorOf(worker), supervisor)
  assert.equal(states.get(worker.id)?.restarts, 0)
  await unwant(worker)
})

test('what ended while no engine was there is reported by the next', async () => {
  const once = want({ kind: 'once', command: 'sleep 0.5; echo last words; exit 9' })
  await untilState(once, 'up')
  await engine?.kill()
  const path = join(folderOf(once), 'run-1', 'exit')
  await until(async () => (await readFile(path, 'utf8').catch(() => '')).trim(), LIMIT)
  await startEngine()
  assert.equal((await untilState(once, 'complete')).exitStatus, 9)
  await until(() => logOf(once).includes('last words'), LIMIT)
  wanted.delete(once.id)
  change()
})

test('what a dyno prints while engines come and go is all in its log', async () => {
  const worker = want({ command: 'n=0; while sleep 0.01; do n=$((n + 1)); echo "tick $n."; done' })
  await until(() => logOf(worker).includes('tick 5.'), LIMIT)
  for (let kill = 0; kill < 3; kill++) {
    await pause(150 * kill)
    await restartEngine()
  }
  await until(() => logOf(worker).includes('tick 300.'), LIMIT)
  const text = logOf(worker)
  for (let n = 1; n < 300; n++) assert.ok(text.includes(`tick ${n}.`), `line ${n} is missing`)
  await unwant(worker)
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

test('without a control plane an engine goes on with its last table, and starts again what ends', async () => {
  const web = want({ web: true, command: SERVE, env: { GREETING: 'alone' } })
  const { address } = await untilState(web, 'up')
  const table = join(dataDirPaths(dataDir).engine, 'wanted-dynos.jsonl')
  await until(async () => (await readFile(table, 'utf8').catch(() => '')).includes(web.id), LIMIT)
  await engine?.kill()
  await server?.stop()
  await startEngine({ isFed: false })
  process.kill(await pidOf(web), 'SIGKILL')
  await until(async () => (await supervisorOf(web, 2)) !== '', LIMIT)
  await until(() => read(address).catch(() => ''), LIMIT)
  assert.equal(await read(address), 'alone')
  await serve()
  await until(() => states.get(web.id)?.restarts === 1 && states.get(web.id)?.state === 'up', LIMIT)
  await unwant(web)
})

test('a dyno whose state file is lost or spoilt goes on: same process', async () => {
  const web = want({ web: true, command: SERVE, env: { GREETING: 'salvaged' } })
  const { address } = await untilState(web, 'up')
  const supervisor = await supervisorOf(web)
  const file = join(folderOf(web), 'state.json')
  for (const spoil of [
    () => truncate(file, 10),
    () => writeFile(file, 'no JSON at all'),
    () => rm(file),
    () => rm(join(dataDirPaths(dataDir).engine, 'wanted-dynos.jsonl'), { force: true }),
    async () => {
      await writeFile(file, 'null')
      await writeFile(join(dataDirPaths(dataDir).engine, 'wanted-dynos.jsonl'), 'nothing')
    },
  ]) {
    await engine?.kill()
    await spoil()
    await startEngine()
    assert.deepEqual((await untilState(web, 'up')).address, address)
    assert.equal(await supervisorOf(web), supervisor)
    assert.equal(await read(address), 'salvaged')
  }
  await unwant(web)
})

test('a dyno that nobody knows any more is ended once the table is there', async () => {
  const worker = want({ command: 'sleep 1000' })
  await untilState(worker, 'up')
  const pid = await pidOf(worker)
  await engine?.kill()
  await writeFile(join(folderOf(worker), 'state.json'), '')
  await rm(join(dataDirPaths(dataDir).engine, 'wanted-dynos.jsonl'), { force: true })
  wanted.delete(worker.id)
  number += 1
  await startEngine()
  await until(() => !existsSync(`/proc/${pid}`) && !existsSync(folderOf(worker)), LIMIT)
})

test('a dyno whose supervisor is killed ends with it and is started again once', async () => {
  const mark = `mark-${process.pid}`
  const worker = want({ command: `exec -a ${mark} sleep 1000` })
  await untilState(worker, 'up')
  process.kill(await pidOf(worker), 'SIGKILL')
  await until(
    () => states.get(worker.id)?.restarts === 1 && states.get(worker.id)?.state === 'up',
    LIMIT,
  )
  const running = async () =>
    (await run('pgrep', ['-x', '-f', `${mark} 1000`])).stdout.trim().split('\n')
  await until(async () => (await running()).length === 1, LIMIT)
  await unwant(worker)
  assert.deepEqual(await running(), [''])
})

test('an attached dyno ends with the engine that its client was connected to', async () => {
  const dyno = want({ kind: 'once', attached: true, command: 'echo ready; exec sleep 1000' })
  const socketPath = attachSocketPath(dataDirPaths(dataDir).run, dyno.id)
  await until(() => existsSync(socketPath), LIMIT)
  const client = net.createConnection(socketPath)
  client.on('error', () => {})
  await new Promise((resolve) => client.once('data', resolve))
  await restartEngine()
  assert.notEqual((await untilState(dyno, 'complete')).exitStatus, 0)
  wanted.delete(dyno.id)
  change()
})

test('however often the engine is killed, what runs once is started once', async () => {
  const witness = net.createServer((socket) => {
    socket.on('error', () => {}).on('data', (name) => seen.push(name.toString().trim()))
  })
  const seen: string[] = []
  await new Promise<void>((resolve) => witness.listen(0, '127.0.0.1', resolve))
  const address = witness.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const dynos: WantedDyno[] = []
  for (let kill = 0; kill < 6; kill++) {
    for (let n = 0; n < 2; n++)
      dynos.push(
        want({
          kind: 'once',
          command: `echo "$DYNO" > /dev/tcp/127.0.0.1/${port}; sleep 0.0${kill}; exit 0`,
          env: { DYNO: `once-${dynos.length}` },
        }),
      )
    await pause(kill * 17)
    await restartEngine()
  }
  for (const dyno of dynos) await untilState(dyno, 'complete')
  witness.close()
  assert.equal(new Set(seen).size, seen.length, `twice: ${seen.join(' ')}`)
  for (const [at, dyno] of dynos.entries()) {
    const report = states.get(dyno.id)
    const ran = seen.includes(`once-${at}`)
    // Whoever succeeded has run; whoever cannot be vouched for is no success.
    assert.ok(report?.exitStatus === 0 ? ran : report?.reason, JSON.stringify(report))
    wanted.delete(dyno.id)
  }
  change()
})

/** What a machine that went down may have kept of a dyno, by how far its engine had got. */
const KEPT: { what: string; leave: (dyno: WantedDyno) => Promise<void> }[] = [
  {
    what: 'it was about to be begun',
    leave: (dyno) => keepDynoDurably(folderOf(dyno), { wanted: dyno, memory: begun() }),
  },
  {
    what: 'its folder was made, and its supervisor had not said who it was',
    leave: async (dyno) => {
      await keepDynoDurably(folderOf(dyno), { wanted: dyno, memory: begun() })
      await makeRunDir(join(folderOf(dyno), 'run-1'), undefined)
      await bootAnew(dyno)
    },
  },
  {
    what: 'it ran',
    leave: async (dyno) => {
      await keepDynoDurably(folderOf(dyno), { wanted: dyno, memory: begun() })
      await makeRunDir(join(folderOf(dyno), 'run-1'), undefined)
      // A process of the machine as it is now, which is not the dyno's.
      const { pid, startTime } = identify(process.pid) ?? assert.fail()
      await writeFile(join(folderOf(dyno), 'run-1', 'identity'), `${pid} ${startTime}\n`)
      await bootAnew(dyno)
    },
  },
  {
    what: 'it ran, and what was known of it went with the power',
    leave: async (dyno) => {
      await keepDynoDurably(folderOf(dyno), { wanted: dyno, memory: begun() })
      await truncate(join(folderOf(dyno), 'state.json'), 0)
    },
  },
  {
    what: 'it ran, and the folder of the engine is another',
    leave: async (dyno) => void wanted.set(dyno.id, { ...dyno, hasStarted: true }),
  },
]

const begun = (): DynoMemory => ({ ...newMemory(), runs: 1, isRunning: true })

/** The machine has been started again since the run was made. */
const bootAnew = (dyno: WantedDyno): Promise<void> =>
  writeFile(
    join(folderOf(dyno), 'run-1', 'made'),
    JSON.stringify({ bootId: 'that of the start before' }),
  )

for (const { what, leave } of KEPT)
  test(`after the machine went down when ${what}: what runs once is told as lost, and not begun`, async () => {
    await engine?.kill()
    const dyno = aWantedDyno({ kind: 'once', command: 'echo it runs again' })
    wanted.set(dyno.id, dyno)
    await leave(dyno)
    change()
    await startEngine()
    const { exitStatus, reason } = await untilState(dyno, 'complete')
    assert.deepEqual({ exitStatus, reason }, { exitStatus: 137, reason: LOST.reason })
    assert.doesNotMatch(logOf(dyno), /it runs again|Starting process/)
    wanted.delete(dyno.id)
    change()
    await until(() => !existsSync(folderOf(dyno)), LIMIT)
  })

test('what has run once does not run again because the last table on disk still names it', async () => {
  await restartEngine()
  const beside = want({ command: 'sleep 1000' })
  const once = want({ kind: 'once', command: 'echo ran' })
  await untilState(once, 'complete')
  await untilState(beside, 'up')
  const path = join(dataDirPaths(dataDir).engine, 'wanted-dynos.jsonl')
  const named = await until(async () => {
    const text = await readFile(path, 'utf8').catch(() => '')
    return text.includes(once.id) && text.includes(beside.id) ? text : undefined
  }, LIMIT)
  wanted.delete(once.id)
  change()
  await until(() => !existsSync(folderOf(once)), LIMIT)
  await engine?.kill()
  await writeFile(path, named) // as if it had died before it wrote the newer one
  await server?.stop() // so that nothing tells the next one better
  const before = reported.filter(({ id }) => id === once.id).length
  await rm(folderOf(beside), { recursive: true, force: true })
  await startEngine({ isFed: false })
  await until(() => existsSync(join(folderOf(beside), 'run-1', 'made')), LIMIT)
  assert.equal(existsSync(folderOf(once)), false)
  await serve()
  await until(() => engine && states.get(beside.id)?.state === 'up', LIMIT)
  const late = want({ kind: 'once', command: 'echo ran' })
  await untilState(late, 'complete')
  assert.equal(reported.filter(({ id }) => id === once.id).length, before)
  wanted.delete(late.id)
  await unwant(beside)
})

test('stopping everything needs no engine, and nothing starts again before it is wanted again', async () => {
  const web = want({ web: true, command: SERVE })
  const once = want({ kind: 'once', command: 'exec sleep 1000' })
  const { address } = await untilState(web, 'up')
  await untilState(once, 'up')
  await engine?.kill()
  await stopAllDynos(dataDir)
  await assert.rejects(read(address))
  assert.equal(existsSync(folderOf(web)), false)
  await server?.stop()
  await startEngine({ isFed: false })
  await pause(300)
  await assert.rejects(read(address))
  await serve()
  await untilState(web, 'up')
  assert.equal((await untilState(once, 'down')).restarts, 0)
  await unwant(web)
})
