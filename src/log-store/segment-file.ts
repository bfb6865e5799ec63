import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode } from '#/foundation/errors.ts'

/**
 * An app's log is a folder of bounded files. `<stream>-<first>.log` holds the lines of a stream from number
 * `first` on; only the newest of a stream is ever written to, by one process.
 */
export const logFolder = (logsDir: string, appId: string): string => {
  if (!isFolderName(appId)) throw new Error(`'${appId}' is not the id of an app.`)
  return join(logsDir, appId)
}

/** Never one that leads elsewhere, nor a hidden one. */
export const isFolderName = (name: string): boolean => /^[A-Za-z0-9][\w-]{0,63}$/.test(name)

export const segmentPath = (folder: string, stream: string, first: number): string =>
  join(folder, `${stream}-${String(first).padStart(12, '0')}.log`)

/** `<writer's name>.<8 hex digits>`; the digits make a stream that starts anew another stream. */
export const STREAM_PATTERN = '[a-z][a-z0-9-]{0,31}\\.[0-9a-f]{8}'
const SEGMENT = new RegExp(`^(${STREAM_PATTERN})-(\\d{12})\\.log$`)

/** Undefined if it is not the name of a segment. */
export const streamOf = (fileName: string): string | undefined => SEGMENT.exec(fileName)?.[1]

/** The first numbers of each stream's segments, oldest first. Undefined if the app has no log. */
export const listStreams = async (folder: string): Promise<Map<string, number[]> | undefined> => {
  const names = await namesIn(folder)
  if (!names) return undefined
  const streams = new Map<string, number[]>()
  for (const name of names) {
    const [, stream, first] = SEGMENT.exec(name) ?? []
    if (stream === undefined) continue
    const firsts = streams.get(stream)
    if (firsts) firsts.push(Number(first))
    else streams.set(stream, [Number(first)])
  }
  for (const firsts of streams.values()) firsts.sort((a, b) => a - b)
  return streams
}

export type SegmentFile = {
  path: string
  stream: string
  first: number
  bytes: number
  /** Milliseconds since 1970 of its newest line. */
  changedAt: number
  isNewest: boolean
}

/** All files of an app's log, the longest unchanged first. */
export const listSegmentFiles = async (folder: string): Promise<SegmentFile[]> => {
  const files: SegmentFile[] = []
  for (const [stream, firsts] of (await listStreams(folder)) ?? []) {
    for (const first of firsts) {
      const path = segmentPath(folder, stream, first)
      const found = await stat(path).catch(() => undefined) // another process may have removed it
      if (!found) continue
      const isNewest = first === firsts.at(-1)
      files.push({ path, stream, first, bytes: found.size, changedAt: found.mtimeMs, isNewest })
    }
  }
  return files.sort((a, b) => a.changedAt - b.changedAt || a.first - b.first)
}

const namesIn = async (folder: string): Promise<string[] | undefined> => {
  try {
    return await readdir(folder)
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return undefined
    throw error
  }
}
