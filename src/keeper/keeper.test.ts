import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { askKeeper } from '#/foundation/ask-keeper.ts'
import { dataDirPaths } from '#/foundation/data-dir.ts'
import { findKeeper, readKeeperState, type KeeperState } from '#/foundation/keeper-state.ts'
import { identify, isAlive } from '#/foundation/process-identity.ts'
import { aFreePort } from './a-free-port.ts'
import { findProcesses } from './find-processes.ts'
import {
  aKeeper,
  askPort,
  aStreamOfRequests,
  runKeeper,
  type TestKeeper,
} from '../../test/support/keeper.ts'
import { until } from '../../test/support/until.ts'

const LIMIT_MS = 30_000
const NAMES = ['first', 'second', 'quiet'] as const

const pidsOf = (keeper: TestKeeper): Promise<number[]> =>
  Promise.all(NAMES.map((name) => keeper.pidOf(name)))

const kill = (...pids: number[]): void => {
  for (const pid of pids) process.kill(pid, 'SIGKILL')
}

const changeState = async (dataDir: string, change: Partial<KeeperState>): Promise<void> => {
  const state = await readKeeperState(dataDir)
  await writeFile(dataDirPaths(dataDir).keeperState, JSON.stringify({ ...state, ...change }))
}

/** Kills keeper and standby at one stroke, so that nobody follows by himself. */
const killBoth = async (keeper: TestKeeper): Promise<void> => {
  const [standby, own] = [await keeper.pidOf('standby'), await keeper.pidOf('keeper')]
  process.kill(standby, 'SIGSTOP')
  kill(own, standby)
  await until(() => !findKeeper(keeper.dataDir), { limitMs: LIMIT_MS })
}

const assertServes = async (keeper: TestKeeper): Promise<void> => {
  assert.match(await askPort(keeper.firstPort), /^first \d+$/)
  assert.match(await askPort(keeper.secondPort), /^second \d+$/)
}

/** A process that ends is out of the list of processes a moment before its ports are closed. */
const untilRefused = ({ firstPort }: TestKeeper): Promise<boolean> =>
  until(
    async () => {
      const answer = await askPort(firstPort).catch((error: NodeJS.ErrnoException) => error)
      return answer instanceof Error && answer.code === 'ECONNREFUSED'
    },
    { limitMs: LIMIT_MS },
  )

test('what is killed is started again, and no connection is refused meanwhile', async () => {
  await using keeper = await aKeeper()
  const requests = aStreamOfRequests(keeper.firstPort)
  for (const name of [...NAMES, 'first', 'first'] as const) {
    const pid = await keeper.pidOf(name)
    kill(pid)
    await keeper.untilReplaced(name, pid)
  }
  await keeper.untilReady()
  const outcomes = await requests.end()
  assert.equal(outcomes['ECONNREFUSED'], undefined)
  assert.ok((outcomes['answered'] ?? 0) > 50, JSON.stringify(outcomes))
  await assertServes(keeper)
})

test('a killed keeper is followed by its standby, which finds everything running', async () => {
  await using keeper = await aKeeper()
  const before = await pidsOf(keeper)
  const requests = aStreamOfRequests(keeper.firstPort)
  const [own, standby] = [await keeper.pidOf('keeper'), await keeper.pidOf('standby')]
  kill(own)
  assert.equal(await keeper.untilReplaced('keeper', own), standby)
  await keeper.untilReady()
  assert.deepEqual(await pidsOf(keeper), before)
  const { answered, ...failures } = await requests.end()
  assert.deepEqual(failures, {})
  assert.ok(answered)

  // It holds the ports as the one before did.
  const pid = await keeper.pidOf('second')
  kill(pid)
  assert.equal(
    await askPort(keeper.secondPort),
    `second ${await keeper.untilReplaced('second', pid)}`,
  )
})

test('a killed standby is replaced', async () => {
  await using keeper = await aKeeper()
  const standby = await keeper.pidOf('standby')
  kill(standby)
  await keeper.untilReplaced('standby', standby)
  await assertServes(keeper)
})

test('after keeper and standby were both killed the next start adopts what runs', async () => {
  await using keeper = await aKeeper()
  const before = await pidsOf(keeper)
  await killBoth(keeper)
  await assertServes(keeper)
  void keeper.start()
  await keeper.untilReady()
  assert.deepEqual(await pidsOf(keeper), before)

  // The port went with the one who accepts on it; it is bound anew once he is gone.
  const [first = 0] = before
  kill(first)
  const successor = await keeper.untilReplaced('first', first)
  await keeper.untilReady()
  assert.equal(await askPort(keeper.firstPort), `first ${successor}`)
  const requests = aStreamOfRequests(keeper.firstPort)
  kill(successor)
  await keeper.untilReplaced('first', successor)
  kill(await keeper.pidOf('keeper'), await keeper.pidOf('first'))
  await keeper.untilReady()
  assert.equal((await requests.end())['ECONNREFUSED'], undefined)
})

test('a process that nobody could write down any more is found by its mark, and started once', async () => {
  await using keeper = await aKeeper()
  const quiet = await keeper.pidOf('quiet')
  await killBoth(keeper)
  const { quiet: _forgotten, ...processes } = (await readKeeperState(keeper.dataDir)).processes
  await changeState(keeper.dataDir, { processes })
  void keeper.start()
  await keeper.untilReady()
  assert.equal(await keeper.pidOf('quiet'), quiet)
  const running = findProcesses(keeper.dataDir).get('quiet') ?? []
  assert.deepEqual(
    running.map(({ pid }) => pid),
    [quiet],
  )
})

test('a process that only has the pid of one we knew is left alone', async () => {
  await using keeper = await aKeeper()
  await killBoth(keeper)
  const { quiet, ...processes } = (await readKeeperState(keeper.dataDir)).processes
  assert.ok(quiet)
  kill(quiet.pid)
  await until(() => !isAlive(quiet), { limitMs: LIMIT_MS })
  await changeState(keeper.dataDir, {
    processes: { ...processes, quiet: { ...quiet, pid: process.pid } },
  })
  void keeper.start()
  await keeper.untilReady()
  assert.notEqual(await keeper.pidOf('quiet'), process.pid)
  await keeper.stop()
  assert.ok(identify(process.pid))
})

test('there is one keeper for a data directory', async () => {
  await using keeper = await aKeeper()
  const own = await keeper.pidOf('keeper')
  const before = await pidsOf(keeper)
  const [second, third] = await Promise.all([keeper.start(), keeper.start()])
  assert.deepEqual([second.code, third.code], [1, 1])
  assert.equal(await keeper.pidOf('keeper'), own)
  assert.deepEqual(await pidsOf(keeper), before)
})

test('a restart puts new processes, also a new keeper, in the place of all and fails no request', async () => {
  await using keeper = await aKeeper()
  const before = await pidsOf(keeper)
  const own = await keeper.pidOf('keeper')
  const streams = [aStreamOfRequests(keeper.firstPort), aStreamOfRequests(keeper.secondPort, 20)]
  const steps: string[] = []
  await askKeeper(keeper.dataDir, { request: 'restart' }, (step) => steps.push(step))
  await keeper.untilReplaced('keeper', own)
  await keeper.untilReady()
  for (const stream of streams) {
    const { answered, ...failures } = await stream.end()
    assert.deepEqual(failures, {})
    assert.ok(answered)
  }
  assert.deepEqual(steps, ['first', 'second', 'quiet'])
  const after = await pidsOf(keeper)
  for (const [index, pid] of before.entries()) assert.notEqual(after[index], pid, NAMES[index])
  await assertServes(keeper)
})

test('SIGTERM ends everything, dynos too, and closes the ports', async () => {
  await using keeper = await aKeeper()
  await keeper.stop()
  assert.deepEqual(findProcesses(keeper.dataDir), new Map())
  await untilRefused(keeper)
  const dynos = await readFile(`${dataDirPaths(keeper.dataDir).keeper}/dynos-stopped`, 'utf8')
  assert.equal(dynos, 'stopped\n')
  await assert.rejects(askKeeper(keeper.dataDir, { request: 'ready' }))
})

test('a keeper that was killed while it took everything down is followed by one that goes on with it', async () => {
  await using keeper = await aKeeper()
  await changeState(keeper.dataDir, { wanted: 'down' })
  kill(await keeper.pidOf('keeper'))
  await until(() => findProcesses(keeper.dataDir).size === 0 && !findKeeper(keeper.dataDir), {
    limitMs: LIMIT_MS,
  })
  await untilRefused(keeper)
})

test('a keeper that was started to take everything down does it for one that is dead', async () => {
  await using keeper = await aKeeper()
  await killBoth(keeper)
  assert.equal((await keeper.start('down')).code, 0)
  assert.deepEqual(findProcesses(keeper.dataDir), new Map())
})

test('a port that another program listens on is named, and nothing is started', async () => {
  await using keeper = await aKeeper()
  const dataDir = await mkdtemp(join(tmpdir(), 'sluice-test-keeper-'))
  const ports = { firstPort: keeper.firstPort, secondPort: aFreePort() }
  const { code, stderr } = await runKeeper(dataDir, ports)
  assert.equal(code, 1)
  assert.match(stderr, new RegExp(`Port ${keeper.firstPort} of 127\\.0\\.0\\.1 cannot be had`))
  assert.deepEqual(findProcesses(dataDir), new Map())
  await assertServes(keeper)
  await rm(dataDir, { recursive: true })
})

test('the drainer runs once it is asked for, and outlives a keeper but not a shutdown', async () => {
  await using keeper = await aKeeper()
  const runs = async (): Promise<number | undefined> =>
    (await readKeeperState(keeper.dataDir)).processes['drainer']?.pid
  assert.equal(await runs(), undefined)
  await askKeeper(keeper.dataDir, { request: 'drainer' })
  await askKeeper(keeper.dataDir, { request: 'drainer' })
  const pid = await keeper.pidOf('drainer')
  const own = await keeper.pidOf('keeper')
  kill(own)
  await keeper.untilReplaced('keeper', own)
  await keeper.untilReady()
  assert.equal(await keeper.pidOf('drainer'), pid)
  kill(pid)
  await keeper.untilReplaced('drainer', pid)
  await keeper.stop()
  void keeper.start()
  await keeper.untilReady()
  assert.equal(await runs(), undefined)
})
