import type { FileHandle } from 'node:fs/promises'
import type { LogLine } from './log-line.ts'
import { segmentPath } from './segment-file.ts'
import { openIfThere, parseLines } from './segment-tail.ts'
import type { StoredLine } from './stored-line.ts'

const CHUNK_BYTES = 64 * 1024
const NEWLINE = 0x0a

/** Says how many lines were lost, before a line of the time `at`. */
export type GapLine = (lines: number, at: number) => LogLine

export type Wanted = {
  /** Which of the lines are wanted; a note about lost ones always is. */
  matches: (line: StoredLine) => boolean
  gapLine: GapLine
}

export type FollowerOptions = Wanted & {
  folder: string
  stream: string
  /** The last line that is not wanted any more. */
  seen: number
}

type OpenSegment = { first: number; file: FileHandle; offset: number }

/**
 * Reads a stream forwards, from segment to segment, as it grows. It holds the segment it reads open, so that
 * nothing is lost if that is removed; lines that were removed before it came to them become one line that counts them.
 */
export class StreamFollower {
  /** The last line it has seen. */
  seen: number
  readonly #folder: string
  readonly #stream: string
  readonly #matches: (line: StoredLine) => boolean
  readonly #gapLine: GapLine
  #segment: OpenSegment | undefined

  constructor({ folder, stream, seen, matches, gapLine }: FollowerOptions) {
    this.#folder = folder
    this.#stream = stream
    this.#matches = matches
    this.#gapLine = gapLine
    this.seen = seen
  }

  /**
   * Some more lines, perhaps none of those that are wanted; undefined at the end.
   * @param firsts the first numbers of all segments, as they were before this call
   */
  async read(firsts: number[]): Promise<StoredLine[] | undefined> {
    const segment = (this.#segment ??= await this.#open(segmentOf(firsts, this.seen + 1)))
    if (!segment) return undefined
    const bytes = await readAt(segment)
    const length = bytes.lastIndexOf(NEWLINE) + 1
    if (length > 0 || bytes.length === CHUNK_BYTES) {
      segment.offset += length || bytes.length // a chunk without an end of line is not ours
      return this.#unseen(parseLines(bytes.toString('utf8', 0, length), this.#stream))
    }
    const next = firsts.find((first) => first > segment.first)
    if (next === undefined) return undefined
    await this.close()
    this.#segment = await this.#open(next)
    return []
  }

  async close(): Promise<void> {
    const segment = this.#segment
    this.#segment = undefined
    await segment?.file.close()
  }

  async #open(first: number | undefined): Promise<OpenSegment | undefined> {
    if (first === undefined) return undefined
    const file = await openIfThere(segmentPath(this.#folder, this.#stream, first))
    return file && { first, file, offset: 0 }
  }

  #unseen(lines: StoredLine[]): StoredLine[] {
    const unseen: StoredLine[] = []
    for (const line of lines) {
      if (line.number <= this.seen) continue
      const missing = line.number - this.seen - 1
      if (missing > 0) unseen.push(this.#gap(missing, line.at))
      if (this.#matches(line)) unseen.push(line)
      this.seen = line.number
    }
    return unseen
  }

  #gap(lines: number, at: number): StoredLine {
    const number = this.seen + lines
    const id = `${this.#stream}:${number}`
    return { ...this.#gapLine(lines, at), id, stream: this.#stream, number }
  }
}

/** The segment that holds a number: the last that starts at or before it, else the oldest there is. */
const segmentOf = (firsts: number[], number: number): number | undefined =>
  firsts.findLast((first) => first <= number) ?? firsts[0]

const readAt = async ({ file, offset }: OpenSegment): Promise<Buffer> => {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, offset)
  return buffer.subarray(0, bytesRead)
}
