import { tailGapLine } from './gap-line.ts'
import { FolderNews } from './folder-news.ts'
import type { LogCursor } from './log-cursor.ts'
import { LogFollower } from './log-follower.ts'
import { lineFilter, type LogFilter } from './log-filter.ts'
import { readLog } from './read-log.ts'
import { logFolder } from './segment-file.ts'
import type { StoredLine } from './stored-line.ts'
import type { GapLine } from './stream-follower.ts'

export type FollowOptions = {
  filter?: LogFilter
  /** Where to go on; the end of the log if not given. */
  after?: LogCursor
  /** What stands in the place of lines that were removed before they were read; Heroku's L11 if not given. */
  gapLine?: GapLine
}

export type LogBatch = {
  /** By time. A line that says how many were lost is among them whatever the filter. */
  lines: StoredLine[]
  /** Where `followLog` goes on after this batch. */
  cursor: LogCursor
}

/**
 * The lines of an app's log as they are written, by whichever process, until the signal is aborted or the log is removed.
 * Reads only when the caller asks for more: a slow one costs no memory, and is told of what was removed meanwhile.
 */
export async function* followLog(
  logsDir: string,
  appId: string,
  { filter = {}, after, gapLine = tailGapLine }: FollowOptions,
  signal: AbortSignal,
): AsyncGenerator<LogBatch> {
  const folder = logFolder(logsDir, appId)
  const start = after ?? (await readLog(logsDir, appId, { lines: 0 })).cursor
  const news = new FolderNews(folder, signal)
  const log = new LogFollower(folder, start, { matches: lineFilter(filter), gapLine })
  try {
    while (!signal.aborted) {
      if (!(await log.look(news.take()))) return
      const lines = await log.read()
      if (lines.length > 0) yield { lines, cursor: log.cursor }
      if (log.isAtEnd) await news.wait()
    }
  } finally {
    news.stop()
    await log.close()
  }
}
