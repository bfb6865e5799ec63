import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hostEnvironment } from '#/foundation/config.ts'
import { memoryOf } from '#/cli/process-memory.ts'
import { ended, runOrThrow } from '#/foundation/exec.ts'
import { until } from '../../test/support/until.ts'
import { medianOf } from './median.ts'
import { missing, startSluice, startUpstream, type Place } from './router-peers.ts'
import { accepts, aFreePort, serveRoutes } from './router-place.ts'

/**
 * The memory of the router over some minutes under load: up to PER_SECOND requests on kept and on new connections, uploads,
 * large answers and requests that are given up, and every BURST_EVERY_MS a burst on 200 connections. Each is logged.
 */
const PER_SECOND = 500
const TURN_MS = 20
/** At once: a machine that is busy with other things gets fewer a second. */
const MOST_PENDING = 500
const BURST_EVERY_MS = 20_000
const SAMPLE_EVERY_MS = 2_000
/** Until code is compiled and buffers have their sizes. */
const WARM_UP_MS = 60_000

export const benchRouterMemory = async (minutes: number): Promise<void> => {
  const lacking = missing(['wrk', 'nginx', 'taskset'])
  if (lacking.length > 0) return console.log(`skipped: ${lacking.join(', ')} not installed`)
  const dir = await mkdtemp(join(tmpdir(), 'sluice-bench-router-'))
  const place: Place = { dir, cpu: 1, upstreamPort: await aFreePort() }
  const upstream = await startUpstream({ ...place, cpu: 0 })
  const feed = await serveRoutes(place)
  const { port, child } = startSluice(place, true)
  try {
    await until(() => accepts(port), { limitMs: 30_000, what: 'the router' })
    await measure(port, child.pid ?? 0, minutes)
  } finally {
    for (const one of [child, upstream]) {
      one.kill('SIGKILL')
      await ended(one)
    }
    await feed.stop()
    await rm(dir, { recursive: true, force: true })
  }
}

type Sample = { minute: number; megabytes: number }

const measure = async (port: number, pid: number, minutes: number): Promise<void> => {
  const load = startLoad(port)
  const began = performance.now()
  const samples: Sample[] = []
  let burstAt = 0
  for (;;) {
    const elapsed = performance.now() - began - WARM_UP_MS
    if (elapsed >= minutes * 60_000) break
    if (elapsed >= 0)
      samples.push({ minute: elapsed / 60_000, megabytes: (memoryOf(pid) ?? 0) / 2 ** 20 })
    if (performance.now() >= burstAt) {
      burstAt = performance.now() + BURST_EVERY_MS
      await burst(port)
    }
    await new Promise((resolve) => setTimeout(resolve, SAMPLE_EVERY_MS))
  }
  const { answered, failures } = load.stop()
  report(samples)
  console.log(`  ${answered} requests answered beside the bursts, ${failures.length} failed`)
  for (const failure of failures.slice(0, 5)) console.log(`  ${failure}`)
  if (failures.length > 0) process.exitCode = 1
}

const report = (samples: Sample[]): void => {
  const size = Math.max(1, Math.floor(samples.length / 10))
  const at = (from: number): string =>
    medianOf(samples.slice(from, from + size).map(({ megabytes }) => megabytes)).toFixed(1)
  const middle = Math.floor((samples.length - size) / 2)
  console.log(
    `router memory (Pss): start ${at(0)} MB, middle ${at(middle)} MB, end ${at(samples.length - size)} MB, ` +
      `slope ${slopeOf(samples).toFixed(2)} MB a minute (goal: no growth)`,
  )
}

/** Of the straight line with the least squares. */
const slopeOf = (samples: Sample[]): number => {
  const mean = (values: number[]): number =>
    values.reduce((sum, one) => sum + one, 0) / samples.length
  const x = mean(samples.map(({ minute }) => minute))
  const y = mean(samples.map(({ megabytes }) => megabytes))
  const along = mean(samples.map(({ minute, megabytes }) => (minute - x) * (megabytes - y)))
  return along / mean(samples.map(({ minute }) => (minute - x) ** 2))
}

const burst = (port: number): Promise<string> =>
  runOrThrow('taskset', ['-c', '0', 'wrk', '-t1', '-c200', '-d2s', `http://127.0.0.1:${port}/1k`], {
    env: hostEnvironment(),
  })

const startLoad = (port: number) => {
  const kept = new Agent({ keepAlive: true, maxSockets: 64 })
  const counts: Counts = { pending: 0, answered: 0, failures: [] }
  const began = performance.now()
  let sent = 0
  const timer = setInterval(() => {
    const due = ((performance.now() - began) / 1_000) * PER_SECOND
    for (; sent < due; sent++)
      if (counts.pending < MOST_PENDING)
        visit({ port, number: sent, agent: sent % 2 === 0 && kept, counts })
  }, TURN_MS)
  return {
    stop: () => {
      clearInterval(timer)
      kept.destroy()
      return { ...counts }
    },
  }
}

type Counts = { pending: number; answered: number; failures: string[] }
type Visit = { port: number; number: number; agent: Agent | false; counts: Counts }

/** Each fifth uploads, each tenth gets much, each fiftieth goes away in the midst of it. */
const visit = ({ port, number, agent, counts }: Visit): void => {
  const isUpload = number % 5 === 0
  const goesAway = number % 50 === 7
  const path = isUpload ? '/post' : number % 10 === 7 ? '/100k' : '/1k'
  const asked = request(
    { host: '127.0.0.1', port, agent, path, method: isUpload ? 'POST' : 'GET' },
    (response) => {
      if (goesAway) return void response.destroy()
      response.resume().on('end', () => {
        if (response.statusCode === 200) counts.answered += 1
        else counts.failures.push(`${path}: ${response.statusCode}`)
      })
    },
  )
  counts.pending += 1
  asked
    .on('close', () => (counts.pending -= 1))
    .on('error', (error) => void (goesAway || counts.failures.push(`${path}: ${error.message}`)))
  asked.end(isUpload ? UPLOAD : undefined)
}

const UPLOAD = Buffer.alloc(20_000, 'u')
