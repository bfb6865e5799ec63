import { newId } from '#/foundation/ids.ts'
import { identify, type ProcessIdentity } from '#/foundation/process-identity.ts'
import { AppLog } from './app-log.ts'
import { CommitLoop } from './commit-loop.ts'
import type { LogLine } from './log-line.ts'
import { LogQueue } from './log-queue.ts'
import { LogStream } from './log-stream.ts'
import { logFolder } from './segment-file.ts'
import { takeFromLargest } from './segment-retention.ts'
import { recordsOf } from './stored-line.ts'

/** Appends lines to the logs of apps. Never blocks and never throws for a full disk: what cannot be kept is counted and said (L10). */
export type LogWriter = {
  append: (appId: string, line: LogLine) => void
  flush: () => Promise<void>
  stop: () => Promise<void>
}

export type LogWriterOptions = {
  /** What is kept of an app, about, whoever wrote it. */
  budgetBytes?: number
  segmentBytes?: number
  /** What an app may log for long, and at once. Its lines beyond that are dropped. */
  bytesPerSecond?: number
  pendingBytes?: number
  /** A disk that refuses a write; at most once a minute. */
  onProblem?: (error: unknown) => void
}

const MEBIBYTE = 1024 * 1024
const DEFAULTS = {
  budgetBytes: 20 * MEBIBYTE,
  segmentBytes: MEBIBYTE,
  bytesPerSecond: 16 * MEBIBYTE,
  pendingBytes: 4 * MEBIBYTE,
  onProblem: (): void => {},
} satisfies Required<LogWriterOptions>

/** Of the queues of all apps together. */
const POOL_BYTES = 32 * MEBIBYTE

/** Files are closed after this time, or sooner if many are open. */
const CLOSE_AFTER_MS = 10_000
const MOST_OPEN = 500
const LOOK_AROUND_MS = 1_000

const PROBLEM_EVERY_MS = 60_000
const TAKE_EVERY_MS = 5_000

/**
 * Several processes write one app's log at once, each to files of its own, so that logs go on whoever is dead.
 * @param writerName of this process: `engine`, `router`, `control-plane`. Several may have the same.
 */
export const openLogWriter = (
  logsDir: string,
  writerName: string,
  options: LogWriterOptions = {},
): LogWriter => {
  const settings = { ...DEFAULTS, ...options }
  const owner = { ...ownIdentity(), writerId: newId() }
  const pool = { bytes: 0, limitBytes: POOL_BYTES }
  const logs = new Map<string, AppLog>()
  const loop = new CommitLoop()
  const onProblem = sparsely(PROBLEM_EVERY_MS, settings.onProblem)
  const takeFromOthers = sparsely(TAKE_EVERY_MS, () => takeFromLargest(logsDir))

  const openLog = (appId: string): AppLog => {
    const folder = logFolder(logsDir, appId)
    const log = new AppLog({
      folder,
      queue: new LogQueue(settings, pool),
      stream: new LogStream({ ...settings, folder, writerName, owner }),
      batchBytes: settings.segmentBytes / 4,
      takeFromOthers: async () => (await takeFromOthers()) ?? false,
      onProblem,
    })
    logs.set(appId, log)
    return log
  }

  const watch = setInterval(() => {
    const now = performance.now()
    for (const log of logs.values()) if (log.isGapDue(now)) loop.schedule(log)
    for (const [appId, log] of idleLogs(logs, now)) {
      logs.delete(appId)
      void log.close().catch(onProblem)
    }
  }, LOOK_AROUND_MS)
  watch.unref()

  const stop = async (): Promise<void> => {
    clearInterval(watch)
    await loop.drain(logs.values())
    for (const log of logs.values()) await log.close().catch(onProblem)
    logs.clear()
  }
  let stopping: Promise<void> | undefined

  return {
    append: (appId, line) => {
      if (stopping) return
      const log = logs.get(appId) ?? openLog(appId)
      const now = performance.now()
      for (const record of recordsOf(line)) log.offer(record, now)
      loop.schedule(log)
    },
    flush: () => loop.drain(logs.values()),
    stop: () => (stopping ??= stop()),
  }
}

const ownIdentity = (): ProcessIdentity => {
  const identity = identify(process.pid)
  if (!identity) throw new Error('This process is not in /proc.')
  return identity
}

/** Those that nobody has used for a while, and the longest unused if there are too many. */
const idleLogs = (logs: Map<string, AppLog>, now: number): [string, AppLog][] => {
  const idle = [...logs].filter(([, log]) => log.idleSince !== undefined)
  idle.sort(([, a], [, b]) => (a.idleSince ?? now) - (b.idleSince ?? now))
  const surplus = Math.max(0, logs.size - MOST_OPEN)
  return idle.filter(([, log], at) => at < surplus || now - (log.idleSince ?? now) > CLOSE_AFTER_MS)
}

/** Calls `action` unless it did so less than `everyMs` ago; undefined then. */
const sparsely = <Args extends unknown[], Result>(
  everyMs: number,
  action: (...args: Args) => Result,
): ((...args: Args) => Result | undefined) => {
  let calledAt = -Infinity
  return (...args) => {
    if (performance.now() - calledAt < everyMs) return undefined
    calledAt = performance.now()
    return action(...args)
  }
}
