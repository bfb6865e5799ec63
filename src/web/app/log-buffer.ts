import { request } from '#/web/data/client.ts'
import type { LogSession } from '#/web/data/types.ts'

export type Line = { number: number; at: string; from: string; text: string }
export type LogFilter = { source: string; dyno: string; text: string }

/** What the page keeps; older lines are read with the CLI. */
const MOST_LINES = 10_000
const DRAW_MS = 120
const RETRY_MS = 2_000
const FIRST_LINES = 500

const LINE = /^(\S+) (\S+?\[[^\]]*\]): ?([^]*)$/

const parseLine = (line: string, number: number): Line => {
  const [, at = '', from = '', text = line] = LINE.exec(line) ?? []
  return { number, at: at.slice(11, 23), from, text }
}

/**
 * Follows an app's log, and tells every now and then what the newest lines are; thousands a second make no more work
 * than a few. Returns what ends it.
 */
export const followLog = (
  appId: string,
  filter: LogFilter,
  tell: { lines: (lines: Line[]) => void; problem: (error: Error | null) => void },
): (() => void) => {
  let source: EventSource | undefined
  let isOver = false
  let lines: Line[] = []
  let fresh: string[] = []
  let number = 0
  let drawing: ReturnType<typeof setTimeout> | undefined
  let retrying: ReturnType<typeof setTimeout> | undefined

  const draw = (): void => {
    drawing = undefined
    const skipped = Math.max(0, fresh.length - MOST_LINES)
    number += skipped
    const parsed = fresh.slice(skipped).map((line) => parseLine(line, number++))
    fresh = []
    lines = [...lines, ...parsed].slice(-MOST_LINES)
    tell.lines(lines)
  }

  const connect = async (): Promise<void> => {
    try {
      const session = await request<LogSession>('POST', `/apps/${appId}/log-sessions`, {
        body: {
          tail: true,
          lines: FIRST_LINES,
          ...Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== '')),
        },
      })
      if (isOver) return
      tell.problem(null)
      lines = []
      const { pathname, search } = new URL(session.logplex_url)
      source = new EventSource(pathname + search)
      source.addEventListener('message', ({ data }) => {
        for (const line of String(data).split('\n')) fresh.push(line)
        if (fresh.length > 4 * MOST_LINES) {
          number += fresh.length - MOST_LINES
          fresh = fresh.slice(-MOST_LINES)
        }
        drawing ??= setTimeout(draw, DRAW_MS)
      })
      // It comes back by itself, unless it is refused.
      source.addEventListener('error', () => {
        if (source?.readyState === EventSource.CLOSED) again()
      })
    } catch (error) {
      if (isOver) return
      tell.problem(error instanceof Error ? error : new Error(String(error)))
      again()
    }
  }
  const again = (): void => {
    if (!isOver) retrying = setTimeout(() => void connect(), RETRY_MS)
  }

  void connect()
  return () => {
    isOver = true
    source?.close()
    clearTimeout(drawing)
    clearTimeout(retrying)
  }
}
