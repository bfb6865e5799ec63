import assert from 'node:assert/strict'
import http from 'node:http'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { ended, start } from '#/foundation/exec.ts'
import { programCommand } from '#/foundation/program-command.ts'
import { aFreePort } from '#/keeper/a-free-port.ts'
import { aControlPlane } from '../../test/support/control-plane.ts'
import { appliedNumber, exchangeHosts, insertManyHosts } from '../../test/support/many-hosts.ts'
import { aDyno, ask, type Answered } from '../../test/support/router.ts'
import { until } from '../../test/support/until.ts'

/**
 * Real processes: PostgreSQL with 50,000 apps, a control plane that feeds from it, a router that follows. The engine is
 * left out: the dynos are two servers of this test.
 */
const HOSTS = 50_000
const BUSY_HOSTS = 2_000
const CHANGES_PER_SECOND = 100
const SECONDS = 10
const LIMIT = { limitMs: 60_000 }

let router: { kill: () => Promise<void> } | undefined
after(() => router?.kill()) // before its folder goes: hooks run in their order
const plane = await aControlPlane()
const port = aFreePort()
const even = await aDyno((_, response) => response.end('0'))
const odd = await aDyno((_, response) => response.end('1'))
after(async () => {
  await even[Symbol.asyncDispose]()
  await odd[Symbol.asyncDispose]()
})

const startRouter = (): void => {
  const [node, ...args] = programCommand('router', '--port', String(port))
  const child = start(node, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      SLUICE_DATA_DIR: plane.paths.root,
      SLUICE_LOG_LEVEL: 'error',
    },
  })
  const end = ended(child)
  router = {
    kill: async () => {
      child.kill('SIGKILL')
      await end
      router = undefined
    },
  }
}

await plane.start()
const hosts = await insertManyHosts(plane.pool, {
  count: HOSTS,
  ports: [even.route.port, odd.route.port],
})
/** Which server a host's app is on now: after each exchange the other. */
const servers = Array.from({ length: HOSTS }, (_, host) => hosts.serverOf(host))
const visit = (host: number, agent?: http.Agent): Promise<Answered> =>
  ask(port, hosts.hostName(host), agent ? { agent } : {})
const isServed = async (host: number): Promise<boolean> =>
  visit(host).then(
    ({ status, body }) => status === 200 && body === String(servers[host]),
    () => false,
  )

test(`among ${HOSTS} hosts with ${CHANGES_PER_SECOND} changes a second no request meets half a change`, async (t) => {
  startRouter()
  await until(() => isServed(HOSTS - 1), { ...LIMIT, what: 'the whole table' })

  /** Changes that may not be known to the router yet: both answers are right so long. */
  const unsettled = new Map<number, number>()
  const lags: number[] = []
  let isOver = false
  const wrong: string[] = []
  let asked = 0
  const agent = new http.Agent({ keepAlive: true, maxSockets: 8 })
  const load = async (): Promise<void> => {
    while (!isOver) {
      const host = Math.floor(Math.random() * BUSY_HOSTS)
      const before = unsettled.has(host)
      const server = servers[host]
      const { status, body } = await visit(host, agent)
      asked += 1
      const isSettled = !before && !unsettled.has(host) && server === servers[host]
      if (status !== 200 || (isSettled && body !== String(server)))
        wrong.push(`${status} ${body} of host ${host}`)
    }
  }
  const waiting: { number: number; pair: number[]; at: number }[] = []
  const settle = async (): Promise<void> => {
    while (!isOver || waiting.length > 0) {
      const applied = await appliedNumber(plane.pool)
      while (waiting[0] && waiting[0].number <= applied) {
        const { pair, at } = waiting.shift() ?? { pair: [], at: 0 }
        lags.push(performance.now() - at)
        for (const host of pair) unsettled.delete(host)
      }
      await pause(5)
    }
  }
  const loads = [...Array.from({ length: 4 }, load), settle()]
  const began = performance.now()
  for (let change = 0; change < CHANGES_PER_SECOND * SECONDS; change++) {
    await pause(Math.max(0, began + (change * 1000) / CHANGES_PER_SECOND - performance.now()))
    const one = (change * 2) % BUSY_HOSTS
    const pair: [number, number] = [one, one + 1]
    if (pair.some((host) => unsettled.has(host))) continue
    for (const host of pair) unsettled.set(host, change)
    const at = performance.now()
    const number = await exchangeHosts(plane.pool, [
      hosts.hostName(pair[0]),
      hosts.hostName(pair[1]),
    ])
    for (const host of pair) servers[host] = 1 - (servers[host] ?? 0)
    waiting.push({ number, pair, at })
  }
  const tookS = (performance.now() - began) / 1000
  isOver = true
  await Promise.all(loads)
  agent.destroy()
  assert.deepEqual(wrong.slice(0, 10), [])
  assert.ok(asked > 500 && lags.length > 100, `${asked} requests, ${lags.length} changes`)
  const sorted = lags.toSorted((a, b) => a - b)
  const at = (share: number): number => Math.round(sorted[Math.floor(sorted.length * share)] ?? 0)
  t.diagnostic(
    `${lags.length} changes in ${tookS.toFixed(1)} s, ${asked} requests, 0 wrong; known to the router after ${at(0.5)} ms (p50), ${at(0.99)} ms (p99)`,
  )
})

test('with neither control plane nor PostgreSQL the router serves on, and so does the next one', async (t) => {
  const everyone = Array.from({ length: 50 }, (_, n) => (n * 997) % HOSTS)
  const assertServed = async (): Promise<void> => {
    for (const host of everyone) assert.equal(await isServed(host), true, hosts.hostName(host))
  }
  const applied = await appliedNumber(plane.pool)
  const isKept = async (): Promise<boolean> => {
    const [head = '{}'] = (await readFile(join(plane.paths.router, 'routes.jsonl'), 'utf8')).split(
      '\n',
    )
    return (JSON.parse(head) as { number?: number }).number === applied
  }
  await until(isKept, { ...LIMIT, what: 'the copy on disk' })
  await plane.kill()
  await rm(plane.paths.feedSocket, { force: true })
  await assertServed()
  await router?.kill()
  const began = performance.now()
  startRouter()
  await until(() => isServed(0), { ...LIMIT, what: 'the last table' })
  t.diagnostic(`the next router served after ${Math.round(performance.now() - began)} ms`)
  await assertServed()
})
