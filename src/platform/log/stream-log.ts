import { followLog, type LogBatch } from '#/log-store/follow-log.ts'
import { formatCursor, type LogCursor } from '#/log-store/log-cursor.ts'
import { formatLogLine, type LogLine } from '#/log-store/log-line.ts'
import { readLog } from '#/log-store/read-log.ts'
import type { LogSession } from './log-session.ts'

export type StreamOptions = {
  logsDir: string
  appId: string
  session: LogSession
  /** Where a client that comes back goes on. */
  after?: LogCursor | undefined
  heartbeatMs?: number
}

/** So that neither we nor a proxy between take a silent connection for a dead one. */
const HEARTBEAT_MS = 15_000

/** Of one event, in characters. */
const EVENT_LIMIT = 256 * 1024

/**
 * The lines of a log session as Server-Sent Events, several lines an event. The id of an event is how far the client
 * has come in the log once it has that event.
 */
export async function* streamLog(
  options: StreamOptions,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const { logsDir, appId, session, heartbeatMs = HEARTBEAT_MS } = options
  const { filter } = session
  let after = options.after
  if (!after) {
    const page = await readLog(logsDir, appId, { lines: session.lines, filter })
    yield* eventsOf(page)
    after = page.cursor
  }
  if (!session.tail) return
  const end = new AbortController()
  const either = AbortSignal.any([signal, end.signal])
  const batches = followLog(logsDir, appId, { filter, after }, either)
  try {
    for await (const batch of withPauses(batches, heartbeatMs)) {
      if (batch) yield* eventsOf(batch)
      else yield HEARTBEAT
    }
  } finally {
    end.abort()
    await batches.return(undefined)
  }
}

const HEARTBEAT = ':\n\n'

/** The batches, and undefined each time that none has come for so long. */
async function* withPauses(
  batches: AsyncGenerator<LogBatch>,
  pauseMs: number,
): AsyncGenerator<LogBatch | undefined> {
  for (;;) {
    const next = batches.next()
    next.catch(() => {}) // whoever waits for it below hears of it; nobody may be waiting any more
    let result = await within(next, pauseMs)
    while (!result) {
      yield undefined
      result = await within(next, pauseMs)
    }
    if (result.done) return
    yield result.value
  }
}

const within = async <T>(promise: Promise<T>, limitMs: number): Promise<T | undefined> => {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), limitMs)
  })
  try {
    return await Promise.race([promise, limit])
  } finally {
    clearTimeout(timer)
  }
}

/** One event, or more if they are many; only the last has an id, since only then all of them have come. */
const eventsOf = ({ lines, cursor }: { lines: LogLine[]; cursor: LogCursor }): string[] => {
  const events: string[] = []
  let data = ''
  for (const line of lines) {
    if (data.length > EVENT_LIMIT) {
      events.push(`${data}\n`)
      data = ''
    }
    data += `data: ${formatLogLine(line)}\n`
  }
  return data ? [...events, `id: ${formatCursor(cursor)}\n${data}\n`] : events
}
