import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isId } from '#/foundation/ids.ts'
import { formatCursor, parseCursor, type LogCursor } from '#/log-store/log-cursor.ts'

/** How far a drain has come in its app's log; a file for each drain, replaced whole. */
export type DrainPosition = {
  cursor: LogCursor
  /** Time of the newest line that was sent, in milliseconds since 1970. */
  sentAt: number
}

/** Undefined if it has sent nothing yet, or the file is spoilt. */
export const readPosition = async (dir: string, id: string): Promise<DrainPosition | undefined> => {
  try {
    const kept = JSON.parse(await readFile(pathOf(dir, id), 'utf8')) as {
      cursor: string
      sentAt: number
    }
    const cursor = parseCursor(kept.cursor)
    return cursor && { cursor, sentAt: Number(kept.sentAt) }
  } catch {
    return undefined
  }
}

export const keepPosition = async (
  dir: string,
  id: string,
  { cursor, sentAt }: DrainPosition,
): Promise<void> => {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const path = pathOf(dir, id)
  const text = JSON.stringify({ cursor: formatCursor(cursor), sentAt })
  await writeFile(`${path}.partial`, text, { mode: 0o600 })
  await rename(`${path}.partial`, path)
}

/** Forgets the positions of all drains but these. */
export const sweepPositions = async (dir: string, ids: ReadonlySet<string>): Promise<void> => {
  for (const name of await readdir(dir).catch(() => [])) {
    const id = name.split('.')[0] ?? ''
    if (isId(id) && !ids.has(id)) await rm(join(dir, name), { force: true })
  }
}

const pathOf = (dir: string, id: string): string => join(dir, `${id}.json`)
