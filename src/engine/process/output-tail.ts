import { open, rename, writeFile, type FileHandle } from 'node:fs/promises'
import { run } from '#/foundation/exec.ts'
import { readOptional } from './run-dir.ts'

const CHUNK_BYTES = 256 * 1024
/** Further behind than this, the tail jumps ahead and says how much it left out. */
const MOST_BEHIND_BYTES = 16 * 1024 * 1024
/** Consumed space is given back in pieces of this size. */
const PUNCH_BYTES = 4 * 1024 * 1024
const LONGEST_LINE_BYTES = 64 * 1024

export type OutputTailOptions = {
  /** What the dyno writes to, appending. */
  path: string
  onLines: (lines: string[]) => void
  onSkipped: (bytes: number) => void
}

/**
 * Hands on the lines that a dyno appends to its output file. Where it stands is kept beside the file, so that
 * another engine goes on there; space that was read is given back to the disk.
 */
export class OutputTail {
  readonly #options: OutputTailOptions
  #file: FileHandle | undefined
  #offset = 0
  #punched = 0
  #rest = Buffer.alloc(0)
  #savedOffset = -1
  #closeListener: () => void = () => {}

  constructor(options: OutputTailOptions) {
    this.#options = options
  }

  async open(): Promise<void> {
    this.#file = await open(this.#options.path, 'a+', 0o600)
    this.#offset = Number((await readOptional(`${this.#options.path}.offset`)) ?? 0)
  }

  /** Reads what is new. Returns whether there was anything. */
  async read(): Promise<boolean> {
    if (!this.#file) return false
    const { size } = await this.#file.stat()
    if (size === this.#offset) return false
    if (size - this.#offset > MOST_BEHIND_BYTES) this.#skipTo(size)
    const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, size - this.#offset))
    const { bytesRead } = await this.#file.read(chunk, 0, chunk.length, this.#offset)
    this.#offset += bytesRead
    this.#take(chunk.subarray(0, bytesRead))
    await this.#giveBack()
    return bytesRead > 0
  }

  /** Reads to the end, a last line without its newline included. */
  async drain(): Promise<void> {
    while (await this.read());
    if (this.#rest.length > 0) this.#options.onLines([this.#rest.toString()])
    this.#rest = Buffer.alloc(0)
    await this.save()
  }

  /** Keeps where the next engine has to go on: after the last whole line. */
  async save(): Promise<void> {
    const offset = this.#offset - this.#rest.length
    if (offset === this.#savedOffset) return
    this.#savedOffset = offset
    const path = `${this.#options.path}.offset`
    await writeFile(`${path}.partial`, String(offset))
    await rename(`${path}.partial`, path)
  }

  /** For whoever watches the file. */
  onClose(listener: () => void): void {
    this.#closeListener = listener
  }

  async close(): Promise<void> {
    this.#closeListener()
    await this.#file?.close()
    this.#file = undefined
  }

  #skipTo(size: number): void {
    const to = size - CHUNK_BYTES
    this.#options.onSkipped(to - this.#offset + this.#rest.length)
    this.#offset = to
    this.#rest = Buffer.alloc(0)
  }

  #take(chunk: Buffer): void {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk
    const end = bytes.lastIndexOf(0x0a)
    const whole = end < 0 && bytes.length > LONGEST_LINE_BYTES ? bytes.length : end + 1
    if (whole > 0) this.#options.onLines(linesOf(bytes.subarray(0, whole)))
    this.#rest = Buffer.from(bytes.subarray(whole))
  }

  /** A hole instead of what was read: offsets stay as they are, and no line is lost between reading and cutting. */
  async #giveBack(): Promise<void> {
    if (this.#offset - this.#punched < PUNCH_BYTES) return
    const { path } = this.#options
    this.#punched = this.#offset - (this.#offset % 4096)
    await run('fallocate', [
      '--punch-hole',
      '--offset',
      '0',
      '--length',
      String(this.#punched),
      path,
    ]).catch(() => {})
  }
}

const linesOf = (bytes: Buffer): string[] => {
  const text = bytes.toString()
  return (text.endsWith('\n') ? text.slice(0, -1) : text)
    .split('\n')
    .map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
}
