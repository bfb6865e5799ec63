import { open, type FileHandle } from 'node:fs/promises'
import { hasCode } from '#/foundation/errors.ts'
import { parseRecord, type StoredLine } from './stored-line.ts'

const CHUNK_BYTES = 64 * 1024
const NEWLINE = 0x0a

/** The lines of a segment from its end to its start, a chunk of lines (in rising order) at a time. Nothing if it was removed. */
export async function* readBackwards(path: string, stream: string): AsyncGenerator<StoredLine[]> {
  const opened = await openIfThere(path)
  if (!opened) return
  await using file = opened
  let end = (await file.stat()).size
  /** The end of a line, with its newline, whose start lies before `end`. */
  let rest = Buffer.alloc(0)
  while (end > 0) {
    const from = Math.max(0, end - CHUNK_BYTES)
    const bytes = Buffer.concat([await readAt(file, from, end - from), rest])
    const start = from === 0 ? 0 : bytes.indexOf(NEWLINE) + 1
    end = from
    rest = start === 0 && from > 0 ? notLongerThanALine(bytes) : bytes.subarray(0, start)
    const lines = parseLines(bytes.toString('utf8', start, bytes.lastIndexOf(NEWLINE) + 1), stream)
    if (lines.length > 0) yield lines
  }
}

/** The number of the last whole line of a segment; undefined if there is none. */
export const lastNumber = async (path: string, stream: string): Promise<number | undefined> => {
  for await (const lines of readBackwards(path, stream)) return lines.at(-1)?.number
  return undefined
}

/** What is not a record (the header, what a dying process tore) is left out. */
export const parseLines = (text: string, stream: string): StoredLine[] =>
  text.split('\n').flatMap((record) => parseRecord(stream, record) ?? [])

export const openIfThere = async (path: string): Promise<FileHandle | undefined> => {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return undefined
    throw error
  }
}

/** A segment only grows, or is cut back to whole lines: what is gone at its end reads as nothing. */
const readAt = async (file: FileHandle, from: number, length: number): Promise<Buffer> => {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, from)
  return buffer.subarray(0, bytesRead)
}

/** No line of ours is longer than a chunk; in zeros that a power cut left there may be no newline for long. */
const notLongerThanALine = (bytes: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> =>
  bytes.length > CHUNK_BYTES * 2 ? Buffer.alloc(0) : bytes
