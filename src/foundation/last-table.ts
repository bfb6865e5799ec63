import { open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { FeedRow, FeedTable } from '#/foundation/feed.ts'
import { hasCode } from '#/foundation/errors.ts'
import type { Log } from '#/foundation/log.ts'
import { identify } from '#/foundation/process-identity.ts'

/**
 * The table of a feed that was applied last, on disk, for a follower that starts while nobody feeds it. JSON lines: a
 * head with the number and the count of rows, then a row each. Replaced whole, so a crash leaves the old or the new.
 */

/** Undefined if there is none, or none that can be read. */
export const readLastTable = async <Row extends FeedRow>(
  path: string,
  log: Log,
): Promise<FeedTable<Row> | undefined> => {
  try {
    const [first = '', ...rows] = (await readFile(path, 'utf8')).trimEnd().split('\n')
    const head: { number: number; rows: number } = JSON.parse(first)
    if (rows.length !== head.rows)
      throw new Error(`It has ${rows.length} rows instead of ${head.rows}.`)
    return { number: head.number, rows: rows.map((row): Row => JSON.parse(row)) }
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) log.error({ err: error }, 'the last table cannot be read')
    return undefined
  }
}

export type LastTable = {
  /** There is something new to keep. It is written soon, at most once in `everyMs`, without holding up what else goes on. */
  changed: () => void
  stop: () => Promise<void>
}

export type LastTableOptions<Row extends FeedRow> = {
  /** Its folder must exist. */
  path: string
  everyMs: number
  log: Log
  /** What to write: called when it is time. */
  read: () => FeedTable<Row>
}

export const keepLastTable = <Row extends FeedRow>({
  path,
  everyMs,
  log,
  read,
}: LastTableOptions<Row>): LastTable => {
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> | undefined
  let wroteAt = -Infinity
  let isChanged = false
  let isStopped = false

  const write = async (): Promise<void> => {
    isChanged = false
    wroteAt = performance.now()
    try {
      await writeTable(path, read())
    } catch (error) {
      // A full disk costs the freshness of the copy only; the next change tries again.
      log.warn({ err: error }, 'the table could not be kept')
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

const writeTable = async (path: string, { number, rows }: FeedTable<FeedRow>): Promise<void> => {
  const temporary = `${path}.${process.pid}`
  const file = await open(temporary, 'w', 0o600)
  try {
    await file.write(`${JSON.stringify({ number, rows: rows.length })}\n`)
    // In pieces, so that tens of thousands of rows do not stop everything else while they are put into words.
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
  await rename(temporary, path)
  await removeLeftovers(path)
}

/** Of processes that were killed as they wrote. */
const removeLeftovers = async (path: string): Promise<void> => {
  const prefix = `${basename(path)}.`
  for (const name of await readdir(dirname(path))) {
    const pid = name.startsWith(prefix) ? Number(name.slice(prefix.length)) : undefined
    if (pid !== undefined && !identify(pid)) await rm(join(dirname(path), name), { force: true })
  }
}

const ROWS_A_PIECE = 500
