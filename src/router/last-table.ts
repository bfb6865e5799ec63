import { open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { FeedTable } from '#/foundation/feed.ts'
import { hasCode } from '#/foundation/errors.ts'
import type { Log } from '#/foundation/log.ts'
import { identify } from '#/foundation/process-identity.ts'
import type { AppRoute } from '#/platform/domain/route-feed.ts'

/**
 * The table applied last, on disk, for a router that starts while nobody feeds it. JSON lines: a head with the
 * number and the count of rows, then a row each. Replaced whole, so a crash leaves the old one or the new one.
 */
const FILE = 'routes.jsonl'

/** Undefined if there is none, or none that can be read. */
export const readLastTable = async (
  dir: string,
  log: Log,
): Promise<FeedTable<AppRoute> | undefined> => {
  try {
    const [first = '', ...rows] = (await readFile(join(dir, FILE), 'utf8')).trimEnd().split('\n')
    const head: { number: number; rows: number } = JSON.parse(first)
    if (rows.length !== head.rows)
      throw new Error(`It has ${rows.length} rows instead of ${head.rows}.`)
    return { number: head.number, rows: rows.map((row): AppRoute => JSON.parse(row)) }
  } catch (error) {
    if (!hasCode(error, 'ENOENT'))
      log.error({ err: error }, 'the last table of routes cannot be read')
    return undefined
  }
}

export type LastTable = {
  /** There is something new to keep. It is written soon, at most once in `everyMs`, without holding up traffic. */
  changed: () => void
  stop: () => Promise<void>
}

export type LastTableOptions = {
  dir: string
  everyMs: number
  log: Log
  /** What to write: called when it is time. */
  read: () => FeedTable<AppRoute>
}

export const keepLastTable = ({ dir, everyMs, log, read }: LastTableOptions): LastTable => {
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> | undefined
  let wroteAt = -Infinity
  let isChanged = false
  let isStopped = false

  const write = async (): Promise<void> => {
    isChanged = false
    wroteAt = performance.now()
    try {
      await writeTable(dir, read())
    } catch (error) {
      // A full disk costs the freshness of the copy only; the next change tries again.
      log.warn({ err: error }, 'the table of routes could not be kept')
    }
    writing = undefined
    if (isChanged && !isStopped) plan()
  }
  const plan = (): void => {
    if (timer || writing) return
    const inMs = Math.max(0, wroteAt + everyMs - performance.now())
    timer = setTimeout(() => {
      timer = undefined
      writing = write()
    }, inMs)
  }
  return {
    changed: () => {
      isChanged = true
      if (!isStopped) plan()
    },
    stop: async () => {
      isStopped = true
      clearTimeout(timer)
      await writing
      if (isChanged) await write()
    },
  }
}

const writeTable = async (dir: string, { number, rows }: FeedTable<AppRoute>): Promise<void> => {
  const temporary = join(dir, `${FILE}.${process.pid}`)
  const file = await open(temporary, 'w', 0o600)
  try {
    await file.write(`${JSON.stringify({ number, rows: rows.length })}\n`)
    // In pieces, so that tens of thousands of apps do not stop the traffic while they are put into words.
    for (let at = 0; at < rows.length; at += ROWS_A_PIECE)
      await file.write(
        rows
          .slice(at, at + ROWS_A_PIECE)
          .map((row) => `${JSON.stringify(row)}\n`)
          .join(''),
      )
    await file.sync()
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  } finally {
    await file.close()
  }
  await rename(temporary, join(dir, FILE))
  await removeLeftovers(dir)
}

/** Of processes that were killed as they wrote. */
const removeLeftovers = async (dir: string): Promise<void> => {
  for (const name of await readdir(dir)) {
    const pid = name.startsWith(`${FILE}.`) ? Number(name.slice(FILE.length + 1)) : undefined
    if (pid !== undefined && !identify(pid)) await rm(join(dir, name), { force: true })
  }
}

const ROWS_A_PIECE = 500
