import type { LogCursor } from './log-cursor.ts'
import { lineFilter, type LogFilter } from './log-filter.ts'
import { listStreams, logFolder, segmentPath } from './segment-file.ts'
import { readBackwards } from './segment-tail.ts'
import type { StoredLine } from './stored-line.ts'

export type ReadOptions = {
  /** The most lines to return. */
  lines: number
  filter?: LogFilter
}

export type LogPage = {
  /** Oldest first. */
  lines: StoredLine[]
  /** The end of the log as it was read: `followLog` goes on from here. */
  cursor: LogCursor
}

/** Of the text of all lines together, so that no answer needs much memory. */
const LIMIT_CHARACTERS = 8 * 1024 * 1024

/** Lines of one stream are not strictly in the order of their times: a clock may be set back a little. */
const DISORDER_MS = 60_000

/** The newest lines of an app's log, merged by time over all who write it. Reads from the ends of the files, only as far as needed. */
export const readLog = async (
  logsDir: string,
  appId: string,
  { lines: limit, filter = {} }: ReadOptions,
): Promise<LogPage> => {
  const tails = await openTails(logFolder(logsDir, appId), (filter.from ?? 0) - DISORDER_MS)
  const cursor = new Map(tails.map(({ stream, newest }) => [stream, newest]))
  const matches = lineFilter(filter)
  const found: StoredLine[] = []
  let characters = 0
  const isEnough = (): boolean => found.length >= limit || characters >= LIMIT_CHARACTERS
  for (let left = tails; left.length > 0 && !isEnough(); left = await refill(left)) {
    while (!isEnough() && left.every(({ lines }) => lines.length > 0)) {
      const line = takeNewest(left)
      if (!line || !matches(line)) continue
      found.push(line)
      characters += line.text.length
    }
  }
  await Promise.all(tails.map(({ chunks }) => chunks.return(undefined)))
  return { lines: found.reverse(), cursor }
}

/** One stream, read from its end. */
type Tail = {
  stream: string
  newest: number
  chunks: AsyncGenerator<StoredLine[]>
  /** Read and not yet taken, oldest first. */
  lines: StoredLine[]
}

const openTails = async (folder: string, from: number): Promise<Tail[]> => {
  const streams = [...((await listStreams(folder)) ?? [])]
  return Promise.all(
    streams.map(async ([stream, firsts]) => {
      const paths = firsts.map((first) => segmentPath(folder, stream, first)).reverse()
      const chunks = readStream(paths, stream, from)
      const lines: StoredLine[] = (await chunks.next()).value ?? []
      return { stream, newest: lines.at(-1)?.number ?? (firsts.at(-1) ?? 1) - 1, chunks, lines }
    }),
  )
}

/** Chunks of a stream's lines, the newest first, back to about `from`. */
async function* readStream(
  paths: string[],
  stream: string,
  from: number,
): AsyncGenerator<StoredLine[]> {
  for (const path of paths) {
    for await (const lines of readBackwards(path, stream)) {
      const isLast = lines.every(({ at }) => at < from)
      yield lines
      if (isLast) return
    }
  }
}

/** Reads on where all lines are taken; without the streams that are read to their start. */
const refill = async (tails: Tail[]): Promise<Tail[]> => {
  const left: Tail[] = []
  for (const tail of tails) {
    if (tail.lines.length === 0) tail.lines = (await tail.chunks.next()).value ?? []
    if (tail.lines.length > 0) left.push(tail)
  }
  return left
}

const takeNewest = (tails: Tail[]): StoredLine | undefined => {
  let newest = tails[0]
  for (const tail of tails)
    if ((tail.lines.at(-1)?.at ?? 0) > (newest?.lines.at(-1)?.at ?? 0)) newest = tail
  return newest?.lines.pop()
}
