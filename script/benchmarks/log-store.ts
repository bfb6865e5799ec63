import { open } from 'node:fs/promises'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { newId } from '#/foundation/ids.ts'
import { followLog } from '#/log-store/follow-log.ts'
import { openLogWriter, type LogWriter } from '#/log-store/log-writer.ts'
import { readLog } from '#/log-store/read-log.ts'
import { redactor } from '#/log-store/redactor.ts'

/**
 * The log store: how many lines of 200 bytes one process keeps in a second (of one app, of a hundred), beside a plain
 * write of the same bytes; the time its caller pays for a line; a tail's latency; a search. Each a median of RUNS.
 */
const RUNS = 5
const LINES = 200_000
const TEXT = `at=info method=GET path="/products/42?page=3" host=shop.example.com request_id=0e7a9d1c-2f7e-4a51-9b3a-7b2f6f0c8f11 fwd="203.0.113.7" dyno=web.1 connect=0ms service=12ms status=200 bytes=3456`
/** Above what the writer holds back of a flood, so that the disk and the processor are the limit. */
const NO_LIMIT = { bytesPerSecond: 1e12, pendingBytes: 256 * 1024 * 1024 }

export const benchLogStore = async (): Promise<void> => {
  const dir = await mkdtemp(join(tmpdir(), 'sluice-bench-logs-'))
  try {
    await benchPlainWrite(dir)
    for (const apps of [1, 100]) await benchWriter(dir, apps)
    for (const rate of [100, 50_000]) await benchTail(dir, rate)
    await benchSearch(dir)
    benchRedactor()
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** The least it can cost: the same bytes, in the same batches, into one file. */
const benchPlainWrite = async (dir: string): Promise<void> => {
  const batch = Buffer.from(`1 1767315845123 heroku router ${TEXT}\n`.repeat(500))
  const rates = await repeat(async () => {
    const path = join(dir, 'plain')
    await using file = await open(path, 'a')
    const took = await timed(async () => {
      for (let lines = 0; lines < LINES; lines += 500) await file.write(batch)
    })
    await rm(path)
    return perSecond(LINES, took)
  })
  print('plain write of the same bytes', `${rates} lines/s`)
}

const benchWriter = async (dir: string, apps: number): Promise<void> => {
  const ids = Array.from({ length: apps }, newId)
  const calls: number[] = []
  const delays: number[] = []
  const rates = await repeat(async () => {
    const writer = openLogWriter(join(dir, newId()), 'bench', NO_LIMIT)
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    let calling = 0
    const took = await timed(async () => {
      for (let line = 0; line < LINES; line += 500) {
        calling += timedSync(() => appendMany(writer, ids, line))
        await new Promise(setImmediate)
      }
      await writer.flush()
    })
    delay.disable()
    calls.push((calling * 1e3) / LINES)
    delays.push(delay.percentile(99) / 1e6)
    await writer.stop()
    return perSecond(LINES, took)
  })
  print(`kept, of ${apps} ${apps === 1 ? 'app' : 'apps'}`, `${rates} lines/s`)
  print('  the caller pays', `${median(calls).toFixed(2)} µs a line`)
  print('  its event loop is late by', `${median(delays).toFixed(1)} ms (p99)`)
}

const appendMany = (writer: LogWriter, ids: string[], from: number): void => {
  for (let n = from; n < from + 500; n += 1) {
    const appId = ids[n % ids.length] ?? ''
    writer.append(appId, { at: Date.now(), source: 'heroku', dyno: 'router', text: TEXT })
  }
}

/** From `append` until a follower in the same process has the line, at a rate of lines a second, for two seconds. */
const benchTail = async (dir: string, rate: number): Promise<void> => {
  const logsDir = join(dir, newId())
  const appId = newId()
  const writer = openLogWriter(logsDir, 'bench')
  const abort = new AbortController()
  const latencies: number[] = []
  const follow = async (): Promise<void> => {
    for await (const { lines } of followLog(logsDir, appId, { after: new Map() }, abort.signal))
      for (const { text } of lines) latencies.push(performance.now() - Number(text.split(' ')[0]))
  }
  const following = follow()
  const sent = rate * 2
  const startedAt = performance.now()
  for (let n = 0; n < sent;) {
    const due = Math.min(sent, ((performance.now() - startedAt) * rate) / 1000)
    for (; n < due; n += 1) {
      const text = `${performance.now()} ${TEXT}`
      writer.append(appId, { at: Date.now(), source: 'app', dyno: 'web.1', text })
    }
    await pause(1)
  }
  for (const deadline = performance.now() + 10_000; latencies.length < sent; await pause(10))
    if (performance.now() > deadline) break
  abort.abort()
  await following
  await writer.stop()
  latencies.sort((a, b) => a - b)
  const at = (part: number): string =>
    (latencies[Math.floor(latencies.length * part)] ?? 0).toFixed(1)
  print(
    `tail at ${rate} lines/s`,
    `${at(0.5)} ms p50, ${at(0.99)} ms p99, ${sent - latencies.length} lost`,
  )
}

/** A text that is nowhere, in a log as large as one gets. */
const benchSearch = async (dir: string): Promise<void> => {
  const logsDir = join(dir, newId())
  const appId = newId()
  const writer = openLogWriter(logsDir, 'bench', NO_LIMIT)
  for (let line = 0; line < 100_000; line += 500) {
    appendMany(writer, [appId], line)
    await writer.flush()
  }
  await writer.stop()
  const newest = await repeat(() => timed(() => readLog(logsDir, appId, { lines: 100 })), 1)
  const search = { lines: 100, filter: { text: 'not there' } }
  const all = await repeat(() => timed(() => readLog(logsDir, appId, search)), 0)
  print('newest 100 lines of 20 MB', `${newest} ms`)
  print('search of 20 MB', `${all} ms`)
}

const benchRedactor = (): void => {
  const secrets = Array.from({ length: 20 }, (_, n) => [`KEY_${n}`, newId()] as const)
  const redact = redactor(Object.fromEntries(secrets))
  const took = timedSync(() => {
    for (let n = 0; n < LINES; n += 1) redact(TEXT)
  })
  print('redaction, 20 secrets', `${((took * 1e3) / LINES).toFixed(2)} µs a line`)
}

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

const timedSync = (work: () => void): number => {
  const startedAt = performance.now()
  work()
  return performance.now() - startedAt
}

const perSecond = (lines: number, tookMs: number): number => (lines / tookMs) * 1000

const repeat = async (measure: () => Promise<number>, digits = 0): Promise<string> => {
  const results: number[] = []
  for (let run = 0; run < RUNS; run += 1) results.push(await measure())
  return median(results).toFixed(digits)
}

const median = (numbers: number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0

const print = (what: string, result: string): void => console.log(`${what.padEnd(32)} ${result}`)
