import { hasCode } from '#/foundation/errors.ts'
import { gapLine, type Gap } from './gap-line.ts'
import type { LogQueue } from './log-queue.ts'
import { LogRemovedError, type LogStream } from './log-stream.ts'
import { giveUpOldest } from './segment-retention.ts'
import { recordsOf } from './stored-line.ts'

export type AppLogOptions = {
  folder: string
  queue: LogQueue
  stream: LogStream
  /** Of one write, about. */
  batchBytes: number
  /** On a full disk: frees some of what other apps keep. False if there was nothing. */
  takeFromOthers: () => Promise<boolean>
  onProblem: (error: unknown) => void
}

/** After a failed write the disk is left alone for a while; what comes meanwhile is dropped. */
const RETRY_MS = 1_000

/** How often a log may say that lines were dropped. */
const GAP_EVERY_MS = 1_000

/** The log of one app, as this process writes it. Times are milliseconds on the monotonic clock. */
export class AppLog {
  readonly queue: LogQueue
  readonly #options: AppLogOptions
  #usedAt = 0
  #retryAt = 0
  #statedAt = -Infinity

  constructor(options: AppLogOptions) {
    this.#options = options
    this.queue = options.queue
  }

  offer(record: string, now: number): void {
    this.#usedAt = now
    this.queue.offer(record, now)
  }

  /** Writes the oldest records, or drops them if the disk refuses. Never throws. */
  async commit(now: number): Promise<void> {
    const records = this.queue.take(this.#options.batchBytes)
    if (now < this.#retryAt) this.queue.drop(records.length, 'disk')
    else await this.#write(records, this.isGapDue(now) ? this.queue.gap : undefined)
    this.queue.settle(records)
  }

  isGapDue(now: number): boolean {
    return (
      this.queue.gap !== undefined && now >= Math.max(this.#statedAt + GAP_EVERY_MS, this.#retryAt)
    )
  }

  /** Since when it has nothing to do; undefined while it has. */
  get idleSince(): number | undefined {
    const { accepted, settled, gap } = this.queue
    return accepted === settled && !gap ? this.#usedAt : undefined
  }

  /** States the last gap if it can, and closes the file. */
  async close(): Promise<void> {
    if (this.queue.gap) await this.#write([], this.queue.gap)
    await this.#options.stream.close()
  }

  async #write(records: string[], gap: Gap | undefined): Promise<void> {
    const all = gap ? [...records, ...recordsOf(gapLine(gap))] : records
    if (all.length === 0) return
    try {
      await this.#appendOrMakeRoom(all)
      if (gap) this.#stated(gap)
    } catch (error) {
      this.#retryAt = performance.now() + RETRY_MS
      if (error instanceof LogRemovedError) return this.#forget()
      this.queue.drop(records.length, 'disk')
      this.#options.onProblem(error)
    }
  }

  async #appendOrMakeRoom(records: string[]): Promise<void> {
    for (;;) {
      try {
        return await this.#options.stream.append(records)
      } catch (error) {
        if (!isFull(error) || !(await this.#makeRoom())) throw error
      }
    }
  }

  async #makeRoom(): Promise<boolean> {
    const { folder, stream, takeFromOthers } = this.#options
    return (await giveUpOldest(folder, stream.path)) || (await takeFromOthers())
  }

  #stated(gap: Gap): void {
    this.#statedAt = performance.now()
    this.queue.state(gap)
  }

  /** Nobody will ask for the lines of an app that is gone. */
  #forget(): void {
    if (this.queue.gap) this.queue.state(this.queue.gap)
  }
}

const isFull = (error: unknown): boolean =>
  hasCode(error, 'ENOSPC') || hasCode(error, 'EDQUOT') || hasCode(error, 'EFBIG')
