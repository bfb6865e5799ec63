import { open, readdir, rm, stat, writeFile, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode } from '#/foundation/errors.ts'
import { readIfThere } from './run-dir.ts'

/** A chunk full of empty lines still keeps the engine busy for less than a tenth of a second. */
const CHUNK_BYTES = 64 * 1024
/** What is shown of the end, when much before it was left out. */
const LAST_BYTES = 256 * 1024
/** Further behind than this, the tail jumps ahead and says how much it left out. */
const MOST_BEHIND_BYTES = 16 * 1024 * 1024
const LONGEST_LINE_BYTES = 64 * 1024
const NEWLINE = 0x0a

export type OutputTailOptions = {
  /** The run's folder, with what its supervisor writes: `output.1`, `output.2` …, each once the one before is full. */
  dir: string
  onLines: (lines: string[]) => void
  /** Where the text of a line that is too long may be cut. */
  cutOf?: (text: string) => number
  /** Bytes that nobody will see. */
  onSkipped: (bytes: number) => void
}

/** Where a tail stands: so much of that segment was handed on in whole lines. */
type Position = { segment: number; offset: number }

/** Hands on the lines that a run prints. Another engine can go on where the last saved position is. */
export class OutputTail {
  readonly #options: OutputTailOptions
  #file: FileHandle | undefined
  #segment = 1
  #offset = 0
  /** A line whose end was not read yet, and where it begins. */
  #rest = Buffer.alloc(0)
  #restAt: Position = { segment: 1, offset: 0 }
  /** What comes next is the end of a line whose beginning was left out: what a secret ends with must not be shown. */
  #isTorn = false
  #saved = ''

  constructor(options: OutputTailOptions) {
    this.#options = options
  }

  /** Goes on where the last saved position is. */
  async open(): Promise<void> {
    const text = await readIfThere(join(this.#options.dir, 'tail'))
    const [, segment, offset] = /^(\d+) (\d+)\n/.exec(text) ?? []
    this.#segment = Number(segment ?? 1)
    this.#offset = Number(offset ?? 0)
  }

  /** Reads a chunk of what is new. Returns whether there was anything. */
  async read(): Promise<boolean> {
    this.#file ??= await this.#openSegment()
    if (!this.#file) return false
    const { size } = await this.#file.stat()
    if (size > this.#offset) return this.#readChunk(this.#file, size)
    return this.#leaveSegment(this.#file, size)
  }

  /**
   * Reads to the end, a last line without its newline included. Nothing may be written any more.
   * @param limitMs what it may take, about, before it leaves out all but the last
   */
  async drain(limitMs: number): Promise<void> {
    const deadline = performance.now() + limitMs
    while (performance.now() < deadline && (await this.read()));
    if ((await this.#bytesAhead()) > LAST_BYTES) await this.#jumpAhead()
    while (await this.read());
    if (this.#rest.length > 0) this.#options.onLines(linesOf(this.#rest))
    this.#rest = Buffer.alloc(0)
  }

  /** Of the first byte that was not handed on yet. */
  position(): Position {
    const isWithin = this.#rest.length > 0 || this.#isTorn
    return isWithin ? this.#restAt : { segment: this.#segment, offset: this.#offset }
  }

  /** What lies before is gone then. Written over the file as it is, so that a full disk does not matter. */
  async save(position: Position): Promise<void> {
    const text = `${position.segment} ${position.offset}\n`
    if (text === this.#saved) return
    await writeFile(join(this.#options.dir, 'tail'), text, { flag: 'r+' })
    this.#saved = text
    for (const segment of await this.#segments())
      if (segment < position.segment) await rm(this.#pathOf(segment), { force: true })
  }

  async close(): Promise<void> {
    await this.#file?.close()
    this.#file = undefined
  }

  #pathOf(segment: number): string {
    return join(this.#options.dir, `output.${segment}`)
  }

  async #openSegment(): Promise<FileHandle | undefined> {
    const file = await openIfThere(this.#pathOf(this.#segment))
    if (file || !(await this.#goToNextSegment())) return file
    return openIfThere(this.#pathOf(this.#segment))
  }

  /** Returns whether there is one; not always the very next, if the supervisor could not wait for us. */
  async #goToNextSegment(): Promise<boolean> {
    const segment = (await this.#segments()).find((one) => one > this.#segment)
    if (segment === undefined) return false
    const isGap = segment > this.#segment + 1 || this.#file === undefined
    await this.#goTo({ segment, offset: 0 }, isGap ? await this.#droppedBefore(segment) : 0)
    return true
  }

  /** What the supervisor removed before we had read it, as it wrote down: a segment and its size a line. */
  async #droppedBefore(segment: number): Promise<number> {
    const text = await readIfThere(join(this.#options.dir, 'dropped'))
    return text
      .split('\n')
      .map((line) => line.split(' ').map(Number))
      .filter(([at = 0]) => at >= this.#segment && at < segment)
      .reduce((sum, [at, size = 0]) => sum + size - (at === this.#segment ? this.#offset : 0), 0)
  }

  async #readChunk(file: FileHandle, size: number): Promise<boolean> {
    if (await this.#isFarBehind(size)) {
      await this.#jumpAhead()
      return true
    }
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, size - this.#offset))
    const { bytesRead } = await file.read(chunk, 0, chunk.length, this.#offset)
    this.#offset += bytesRead
    this.#take(chunk.subarray(0, bytesRead))
    return bytesRead > 0
  }

  async #isFarBehind(size: number): Promise<boolean> {
    if (size - this.#offset < LAST_BYTES) return false // too little for a look at the others
    return (await this.#bytesAhead()) > MOST_BEHIND_BYTES
  }

  async #bytesAhead(): Promise<number> {
    const sizes = (await this.#segments())
      .filter((segment) => segment >= this.#segment)
      .map((segment) => sizeOf(this.#pathOf(segment)))
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0) - this.#offset
  }

  async #jumpAhead(): Promise<void> {
    const ahead = await this.#bytesAhead()
    const segment = (await this.#segments()).at(-1) ?? this.#segment
    const size = await sizeOf(this.#pathOf(segment))
    const offset = Math.max(0, size - LAST_BYTES - 1)
    await this.#goTo({ segment, offset }, ahead - (size - offset))
  }

  async #goTo({ segment, offset }: Position, skippedBytes: number): Promise<void> {
    await this.close()
    if (skippedBytes > 0) this.#restAt = this.position()
    this.#segment = segment
    this.#offset = offset
    if (skippedBytes === 0) return
    this.#options.onSkipped(skippedBytes + this.#rest.length)
    this.#rest = Buffer.alloc(0)
    this.#isTorn = true
  }

  /** Goes to the next segment, if there is one: only then is this one full. */
  async #leaveSegment(file: FileHandle, size: number): Promise<boolean> {
    const [next] = (await this.#segments()).filter((segment) => segment > this.#segment)
    if (next === undefined) return false
    if ((await file.stat()).size > size) return true // written between the two looks
    return this.#goToNextSegment()
  }

  #take(read: Buffer): void {
    const chunk = this.#isTorn ? this.#skipTorn(read) : read
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk
    const end = bytes.lastIndexOf(NEWLINE)
    const whole = end < 0 && bytes.length > LONGEST_LINE_BYTES ? this.#cutOf(bytes) : end + 1
    if (whole > 0) this.#options.onLines(linesOf(bytes.subarray(0, whole)))
    const length = bytes.length - whole
    // Else the place stays as it is: if an engine dies now, the next one repeats a piece rather than to lose one.
    if (length <= chunk.length && (whole > 0 || this.#rest.length === 0) && !this.#isTorn)
      this.#restAt = { segment: this.#segment, offset: this.#offset - length }
    this.#rest = Buffer.from(bytes.subarray(whole))
  }

  /** What follows the end of that line; of one without an end nothing is shown either. */
  #skipTorn(chunk: Buffer): Buffer {
    const end = chunk.indexOf(NEWLINE) + 1
    this.#isTorn = end === 0
    const skipped = this.#isTorn ? chunk.length : end
    this.#options.onSkipped(skipped)
    return chunk.subarray(skipped)
  }

  /** In bytes. Never the middle of a character; and never less than half, so that the rest does not grow. */
  #cutOf(bytes: Buffer): number {
    const most = startOfCharacter(bytes)
    const text = bytes.toString('utf8', 0, most)
    const cut = Math.max(this.#options.cutOf?.(text) ?? text.length, Math.ceil(text.length / 2))
    const length = Buffer.byteLength(text.slice(0, cut))
    return Buffer.byteLength(text) === most ? length : most // bytes that are no text
  }

  async #segments(): Promise<number[]> {
    const names = await readdir(this.#options.dir)
    return names
      .map((name) => Number(/^output\.(\d+)$/.exec(name)?.[1] ?? 0))
      .filter((segment) => segment > 0)
      .toSorted((a, b) => a - b)
  }
}

const openIfThere = async (path: string): Promise<FileHandle | undefined> => {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}

const sizeOf = async (path: string, ifNone = 0): Promise<number> => {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return ifNone
    throw error
  }
}

/** Of the last one, if the bytes may end in its middle; else their end. */
const startOfCharacter = (bytes: Buffer): number => {
  for (let back = 1; back <= 4; back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if ((byte & 0xc0) === 0x80) continue // within a character
    return byte >= 0xc0 ? bytes.length - back : bytes.length
  }
  return bytes.length
}

/** Bytes that are no UTF-8 become U+FFFD. */
const linesOf = (bytes: Buffer): string[] => {
  const text = bytes.toString()
  return (text.endsWith('\n') ? text.slice(0, -1) : text)
    .split('\n')
    .map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
}
