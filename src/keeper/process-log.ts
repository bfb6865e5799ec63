import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  truncateSync,
} from 'node:fs'
import { dirname } from 'node:path'

/** Of what a process of the platform prints some 10 MB are kept, and as much again in `<name>.log.1`. */
const LIMIT_BYTES = 10 * 1024 * 1024

/** Opens the log, to be given to a process as its output; the caller closes it then. `from` is where its lines begin. */
export const openProcessLog = (path: string): { fd: number; from: number } => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  if (sizeOf(path) > LIMIT_BYTES) renameSync(path, `${path}.1`)
  return { fd: openSync(path, 'a', 0o600), from: sizeOf(path) }
}

/**
 * Cuts the log of a process that goes on writing: what there is moves to `.1`. Its descriptor appends, so it goes on
 * at the new end. Lines written between the two calls are lost, which a log of this size can bear.
 */
export const boundProcessLog = (path: string): void => {
  if (sizeOf(path) <= LIMIT_BYTES) return
  copyFileSync(path, `${path}.1`)
  truncateSync(path)
}

/** Why a process died, as far as what it printed since `from` tells: the error of its last fatal line, else its last line. */
export const lastWords = (path: string, from: number): string => {
  const lines = readEnd(path, from).split('\n').filter(Boolean)
  const fatal = lines.map(fatalError).filter((message) => message !== undefined)
  return fatal.at(-1) ?? lines.at(-1) ?? ''
}

const sizeOf = (path: string): number => (existsSync(path) ? statSync(path).size : 0)

const MOST_READ_BYTES = 64 * 1024

const readEnd = (path: string, from: number): string => {
  const size = sizeOf(path)
  if (size <= from) return ''
  const position = Math.max(from, size - MOST_READ_BYTES)
  const bytes = Buffer.alloc(size - position)
  const fd = openSync(path, 'r')
  try {
    return bytes.toString('utf8', 0, readSync(fd, bytes, 0, bytes.length, position))
  } finally {
    closeSync(fd)
  }
}

/** As pino counts. */
const FATAL = 60

const fatalError = (line: string): string | undefined => {
  if (!line.startsWith('{')) return undefined
  try {
    const entry = JSON.parse(line) as { level?: number; err?: { message?: string }; msg?: string }
    return entry.level === FATAL ? (entry.err?.message ?? entry.msg) : undefined
  } catch {
    return undefined // cut off, or of a program that prints something else
  }
}
