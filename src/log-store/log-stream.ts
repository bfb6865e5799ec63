import { randomBytes } from 'node:crypto'
import { close, constants, fstat, ftruncate, open, write } from 'node:fs'
import { mkdir, stat, unlink } from 'node:fs/promises'
import { promisify } from 'node:util'
import { hasCode } from '#/foundation/errors.ts'
import { listStreams, segmentPath } from './segment-file.ts'
import { headerOf, mayWrite, readOwner, type SegmentOwner } from './segment-header.ts'
import { removeOldest } from './segment-retention.ts'
import { lastNumber } from './segment-tail.ts'

// Plain descriptors: a FileHandle's write costs twice the event loop's time, and this is done 200 times a second.
const openFile = promisify(open)
const writeFile = promisify(write)
const truncateFile = promisify(ftruncate)
const statFile = promisify(fstat)
const closeFile = promisify(close)

export type StreamOptions = {
  folder: string
  writerName: string
  owner: SegmentOwner
  segmentBytes: number
  /** Of the app's whole log. */
  budgetBytes: number
}

type Segment = {
  path: string
  stream: string
  descriptor: number
  bytes: number
  checkedAt: number
}

/** An unlinked file would take our lines with it: look whether ours still has its name if we have not written for so long. */
const CHECK_AFTER_MS = 1_000

/**
 * The segments of an app's log that this process writes. A second process of the same name (an old one that still
 * shuts down, say) has a stream of its own beside it: whoever made the newest segment of a stream owns the stream for life.
 */
export class LogStream {
  readonly #options: StreamOptions
  #segment: Segment | undefined
  #next = 1

  constructor(options: StreamOptions) {
    this.#options = options
  }

  /** The file being written to. */
  get path(): string | undefined {
    return this.#segment?.path
  }

  get isOpen(): boolean {
    return this.#segment !== undefined
  }

  /** Writes all of the records, or none and throws. */
  async append(records: string[]): Promise<void> {
    const segment = await this.#openSegment()
    let number = this.#next
    let text = segment.bytes === 0 ? headerOf(this.#options.owner) : ''
    for (const record of records) text += `${number++} ${record}\n`
    const bytes = Buffer.from(text)
    try {
      await writeAll(segment.descriptor, bytes)
    } catch (error) {
      await this.#undo(segment)
      throw error
    }
    segment.bytes += bytes.length
    this.#next = number
  }

  async close(): Promise<void> {
    const segment = this.#segment
    this.#segment = undefined
    if (!segment) return
    await closeFile(segment.descriptor)
    if (segment.bytes === 0) await unlink(segment.path).catch(() => {}) // nothing was ever written: not even whose it is
  }

  async #openSegment(): Promise<Segment> {
    const { folder, segmentBytes, budgetBytes } = this.#options
    const current = await this.#currentSegment()
    if (current && current.bytes < segmentBytes) return current
    await this.close()
    await makeFolder(folder)
    await removeOldest(folder, budgetBytes - segmentBytes)
    const created = current && (await this.#createIfFree(current.stream, this.#next))
    this.#segment = created ?? (await this.#claim())
    return this.#segment
  }

  /** Undefined if its file is no longer there. */
  async #currentSegment(): Promise<Segment | undefined> {
    const segment = this.#segment
    if (!segment || performance.now() - segment.checkedAt < CHECK_AFTER_MS) return segment
    if ((await statFile(segment.descriptor)).nlink > 0) return segment
    await this.close()
    return undefined
  }

  /** Continues a stream of our name that no other living process owns, or starts one. */
  async #claim(): Promise<Segment> {
    const { folder, writerName } = this.#options
    const streams = (await listStreams(folder)) ?? new Map<string, number[]>()
    for (const [stream, firsts] of streams) {
      const first = firsts.at(-1)
      if (first === undefined || !stream.startsWith(`${writerName}.`)) continue
      const continued = await this.#continue(stream, first)
      if (continued) return continued
    }
    this.#next = 1
    return this.#create(`${writerName}.${randomBytes(4).toString('hex')}`, this.#next)
  }

  /** Undefined if the stream belongs to somebody else. */
  async #continue(stream: string, first: number): Promise<Segment | undefined> {
    const path = segmentPath(this.#options.folder, stream, first)
    const owner = await readOwner(path)
    const isOurs = owner?.writerId === this.#options.owner.writerId
    if (!isOurs && mayWrite(owner)) return undefined
    const next = ((await lastNumber(path, stream)) ?? first) + 1
    this.#next = isOurs ? Math.max(this.#next, next) : next
    return isOurs ? this.#reopen(stream, path) : this.#createIfFree(stream, this.#next)
  }

  async #reopen(stream: string, path: string): Promise<Segment> {
    const descriptor = await openFile(path, constants.O_WRONLY | constants.O_APPEND)
    const { size } = await stat(path)
    return { path, stream, descriptor, bytes: size, checkedAt: performance.now() }
  }

  async #createIfFree(stream: string, first: number): Promise<Segment | undefined> {
    try {
      return await this.#create(stream, first)
    } catch (error) {
      if (hasCode(error, 'EEXIST')) return undefined // another process was first
      throw error
    }
  }

  async #create(stream: string, first: number): Promise<Segment> {
    const path = segmentPath(this.#options.folder, stream, first)
    const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_EXCL
    const descriptor = await openFile(path, flags, 0o600)
    return { path, stream, descriptor, bytes: 0, checkedAt: performance.now() }
  }

  /** Cuts off what a failed write left. If even that fails, nothing more is added to this segment. */
  async #undo(segment: Segment): Promise<void> {
    try {
      await truncateFile(segment.descriptor, segment.bytes)
    } catch {
      segment.bytes = this.#options.segmentBytes
      this.#next += 1 // the next segment must not have this one's name
    }
  }
}

/** The app is gone, and its log with it: `removeLog` leaves a file where the folder was. */
export class LogRemovedError extends Error {
  override readonly name = 'LogRemovedError'
}

const makeFolder = async (folder: string): Promise<void> => {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    if (hasCode(error, 'EEXIST') || hasCode(error, 'ENOTDIR'))
      throw new LogRemovedError(`The log ${folder} was removed.`, { cause: error })
    throw error
  }
}

const writeAll = async (descriptor: number, bytes: Buffer): Promise<void> => {
  for (let from = 0; from < bytes.length;) {
    const { bytesWritten } = await writeFile(descriptor, bytes, from, bytes.length - from, null)
    from += bytesWritten
  }
}
