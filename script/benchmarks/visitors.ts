import { Agent } from 'node:http'
import { createInterface } from 'node:readline'
import { stayConnected } from './echoes.ts'
import { visit, type Visitors } from './visits.ts'

/**
 * The visitors of `script/bench deploy`, in a process of their own: `visitors.ts PORT APP BYSTANDER
 * WEBSOCKET` (true: there is one). They come when
 * they are due, whatever the answers do; what a visit took is counted from then. Reads Orders, a line of JSON each;
 * at the end of its input it waits for the last answers and prints a Tally by phase.
 */
export type Orders = { phase: string } | { releasedAt: number }
export type Tally = {
  visits: number
  streams: number
  failures: string[]
  failed: number
  wrongApp: number
  backwards: number
  p50Ms: number
  p99Ms: number
  longestMs: number
}

const PER_SECOND = 500
const TURN_MS = 10
const MOST_PENDING = 4_000
const MOST_FAILURES = 20
const KEPT_CONNECTIONS = 64

type Counts = Omit<Tally, 'p50Ms' | 'p99Ms' | 'longestMs'> & { tookMs: number[] }

const [port = '', app = '', bystander = '', hasWebSocket = ''] = process.argv.slice(2)
const counts = new Map<string, Counts>()
const releases: number[] = []
const pending = new Set<Promise<void>>()
const kept = new Agent({ keepAlive: true, maxSockets: KEPT_CONNECTIONS })
let phase = ''

const countsOf = (name: string): Counts => {
  const found = counts.get(name) ?? {
    ...{ visits: 0, streams: 0, failures: [], failed: 0, wrongApp: 0, backwards: 0, tookMs: [] },
  }
  counts.set(name, found)
  return found
}

const visitors: Visitors = {
  port: Number(port),
  releaseAt: (began) => releases.findLastIndex((at) => at <= began),
  note: ({ kind, scheduledAt, error }) => {
    const of = countsOf(phase)
    const isLong = kind === 'events' || kind === 'websocket'
    of[isLong ? 'streams' : 'visits'] += 1
    if (kind === 'page') of.tookMs.push(performance.now() - scheduledAt)
    if (error === undefined) return
    if (error.startsWith('wrong app')) of.wrongApp += 1
    else if (error.startsWith('backwards')) of.backwards += 1
    else of.failed += 1
    if (of.failures.length < MOST_FAILURES) of.failures.push(`${new Date().toISOString()} ${error}`)
  },
}

const send = (one: Parameters<typeof visit>[1]): void => {
  if (pending.size >= MOST_PENDING)
    return visitors.note({ ...one, error: `${one.kind}: ${MOST_PENDING} answers are outstanding` })
  const done = visit(visitors, one).finally(() => pending.delete(done))
  pending.add(done)
}

/** Half on new connections; each fifth to another app; each hundredth is slow; an upload a second. */
const sendNumber = (number: number, scheduledAt: number): void => {
  const agent = number % 2 === 0 ? kept : false
  const kind = number % 100 === 99 ? 'slow' : number % PER_SECOND === 50 ? 'upload' : 'page'
  send({ app: number % 5 === 4 ? bystander : app, kind, agent, scheduledAt })
  if (number % (2 * PER_SECOND) === 0) send({ app, kind: 'events', agent: false, scheduledAt })
}

const began = performance.now()
let sent = 0
const timer = setInterval(() => {
  const due = ((performance.now() - began) / 1000) * PER_SECOND
  for (; sent < due; sent++) sendNumber(sent, began + (sent / PER_SECOND) * 1000)
}, TURN_MS)
const leaving = new AbortController()
const connected = hasWebSocket === 'true' ? stayConnected(visitors, app, leaving.signal) : undefined

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const orders = JSON.parse(line) as Orders
    if ('phase' in orders) phase = orders.phase
    else releases.push(orders.releasedAt)
  })
  .on('close', () => void finish())

const finish = async (): Promise<void> => {
  clearInterval(timer)
  leaving.abort()
  await Promise.all([...pending, connected])
  kept.destroy()
  const tallies: Record<string, Tally> = {}
  for (const [name, { tookMs, ...rest }] of counts) {
    const sorted = tookMs.toSorted((a, b) => a - b)
    const at = (share: number): number =>
      sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
    tallies[name] = { ...rest, p50Ms: at(0.5), p99Ms: at(0.99), longestMs: at(1) }
  }
  console.log(JSON.stringify(tallies))
}
