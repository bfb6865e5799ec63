import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { hostEnvironment } from '#/foundation/config.ts'
import { ended, runOrThrow } from '#/foundation/exec.ts'
import { until } from '../../test/support/until.ts'
import { medianOf } from './median.ts'
import {
  missing,
  startCaddy,
  startHaproxy,
  startNginxProxy,
  startRelay,
  startSluice,
  startUpstream,
  type Peer,
  type Place,
} from './router-peers.ts'
import { accepts, aFreePort, serveRoutes } from './router-place.ts'

/**
 * The router beside nginx, HAProxy and Caddy, each on one and the same processor, with the load and the app on another;
 * and, where connections are kept, beside a relay that reads nothing of what it passes on: what its connections cost it.
 * Requests a second and the 99th percentile, and what a request costs its proxy in processor time, which other work
 * of the machine falsifies less, and how much of that the kernel takes. Peers take turns in each round; medians of ROUNDS. Before each turn a peer has a second
 * of the same load, which finds it as it is under load: with connections to the app that it keeps.
 */
const ROUNDS = 5
const SECONDS = 2
const SECONDS_BEFORE = 1

type Case = { name: string; args: string[]; path: string; logged: boolean; goal: number }

const CLOSE = 'Connection: close'

const post =
  "wrk.method = 'POST'; wrk.body = string.rep('a', 200); wrk.headers['Content-Type'] = 'text/plain'\n"

const casesIn = (dir: string): Case[] => [
  { name: 'GET 1 KB, 50 connections', args: ['-c50'], path: '/1k', logged: false, goal: 1 },
  { name: 'GET 1 KB, 200 connections', args: ['-c200'], path: '/1k', logged: false, goal: 1 },
  { name: 'GET 100 KB, 50 connections', args: ['-c50'], path: '/100k', logged: false, goal: 1 },
  {
    name: 'POST 200 bytes, 50 connections',
    args: ['-c50', '-s', join(dir, 'post.lua')],
    path: '/post',
    logged: false,
    goal: 1,
  },
  {
    name: 'GET 1 KB, a connection each',
    args: ['-c50', '-H', CLOSE],
    path: '/1k',
    logged: false,
    goal: 0.65,
  },
  {
    name: 'GET 1 KB, 50 connections, each request logged',
    args: ['-c50'],
    path: '/1k',
    logged: true,
    goal: 1,
  },
]

export const benchRouter = async (): Promise<void> => {
  const lacking = missing(['wrk', 'nginx', 'taskset'])
  if (lacking.length > 0) return console.log(`skipped: ${lacking.join(', ')} not installed`)
  if (availableParallelism() < 2) return console.log('skipped: it takes two processors')
  for (const peer of missing(['haproxy', 'caddy'])) console.log(`without ${peer}: not installed`)
  const dir = await mkdtemp(join(tmpdir(), 'sluice-bench-router-'))
  await writeFile(join(dir, 'post.lua'), post)
  const place: Place = { dir, cpu: availableParallelism() - 1, upstreamPort: await aFreePort() }
  const upstream = await startUpstream({ ...place, cpu: 0 })
  const feed = await serveRoutes(place)
  try {
    for (const logged of [false, true]) await benchPeers(place, logged)
  } finally {
    await feed.stop()
    upstream.kill()
    await ended(upstream)
    await rm(dir, { recursive: true, force: true })
  }
}

const benchPeers = async (place: Place, logged: boolean): Promise<void> => {
  const peers: Peer[] = []
  try {
    peers.push(await startNginxProxy(place, await aFreePort(), logged))
    if (missing(['haproxy']).length === 0)
      peers.push(await startHaproxy(place, await aFreePort(), logged))
    if (missing(['caddy']).length === 0)
      peers.push(await startCaddy(place, await aFreePort(), logged))
    if (!logged) peers.push(startRelay(place))
    peers.push(startSluice(place, logged))
    for (const { port } of peers)
      await until(() => accepts(port), { limitMs: 30_000, what: 'a peer' })
    for (const one of casesIn(place.dir)) {
      if (one.logged !== logged) continue
      const isKept = !one.args.includes(CLOSE)
      await benchCase(
        one,
        peers.filter(({ name }) => isKept || name !== 'relay'),
      )
    }
  } finally {
    for (const { child } of peers) {
      child.kill('SIGKILL')
      await ended(child)
    }
  }
}

type Figures = { rates: number[]; p99s: number[]; costs: number[]; kernelCosts: number[] }

const benchCase = async (one: Case, peers: Peer[]): Promise<void> => {
  const figures = new Map<string, Figures>()
  for (const { name } of peers)
    figures.set(name, { rates: [], p99s: [], costs: [], kernelCosts: [] })
  for (let round = 0; round < ROUNDS; round++)
    for (const peer of peers) {
      await load(peer, one, SECONDS_BEFORE)
      const { rate, p99, cost, kernelCost } = await load(peer, one)
      const of = figures.get(peer.name)
      of?.rates.push(rate)
      of?.p99s.push(p99)
      of?.costs.push(cost)
      of?.kernelCosts.push(kernelCost)
    }
  console.log(`\n${one.name} (goal: ${one.goal} × nginx)`)
  const nginx = figures.get('nginx')
  for (const [name, of] of figures) console.log(describe(name, of, nginx ?? of))
}

const describe = (name: string, of: Figures, nginx: Figures): string => {
  const processor = `${medianOf(of.costs).toFixed(1)} µs of processor each, ${medianOf(of.kernelCosts).toFixed(1)} in the kernel`
  const figures = `${name.padEnd(8)} ${medianOf(of.rates).toFixed(0).padStart(7)} requests/s  p99 ${medianOf(of.p99s).toFixed(1)} ms  ${processor}`
  if (of === nginx) return `  ${figures}`
  const ratio = medianOf(of.rates) / medianOf(nginx.rates)
  const costRatio = medianOf(nginx.costs) / medianOf(of.costs)
  const tail = medianOf(of.p99s) / medianOf(nginx.p99s)
  return `  ${figures}  ratio ${ratio.toFixed(2)}, by processor time ${costRatio.toFixed(2)}, of p99 ${tail.toFixed(1)}`
}

const load = async ({ port, child }: Peer, { args, path }: Case, seconds = SECONDS) => {
  const before = processorSeconds(child.pid ?? 0)
  const said = await runOrThrow(
    'taskset',
    [
      '-c',
      '0',
      'wrk',
      '-t1',
      `-d${seconds}s`,
      '--latency',
      ...args,
      `http://127.0.0.1:${port}${path}`,
    ],
    { env: hostEnvironment() },
  )
  const after = processorSeconds(child.pid ?? 0)
  if (/Non-2xx|connect [1-9]|write [1-9]|timeout [1-9]/.test(said)) console.log(`  errors: ${said}`)
  const requests = Number(/(\d+) requests in/.exec(said)?.[1])
  const [, p99, unit = ''] = /99%\s+([\d.]+)(us|ms|s)/.exec(said) ?? []
  return {
    rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(said)?.[1]),
    p99: Number(p99) * ({ us: 0.001, ms: 1, s: 1_000 }[unit] ?? Number.NaN),
    cost: ((after.all - before.all) / requests) * 1e6,
    kernelCost: ((after.kernel - before.kernel) / requests) * 1e6,
  }
}

const TICKS_A_SECOND = 100

/** Of all threads of the process; `taskset` becomes the program it starts, so the pid is the proxy's. */
const processorSeconds = (pid: number): { all: number; kernel: number } => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const kernel = Number(fields[12]) / TICKS_A_SECOND
  return { all: Number(fields[11]) / TICKS_A_SECOND + kernel, kernel }
}
