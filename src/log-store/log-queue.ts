import type { Gap } from './gap-line.ts'

export type QueueLimits = {
  /** What an app may log for long. Beyond it, its lines are dropped. */
  bytesPerSecond: number
  /** Of one app in memory; also the most it may log at once. */
  pendingBytes: number
}

/** The memory that the queues of all apps share. */
export type QueuePool = { bytes: number; limitBytes: number }

/** Even when the pool is used up by others, so that no app's flood silences another app. */
const OWN_SHARE_BYTES = 64 * 1024

/** The records of one app that wait to be written. Bounded: what does not fit is dropped and counted. */
export class LogQueue {
  readonly #limits: QueueLimits
  readonly #pool: QueuePool
  #records: string[] = []
  #bytes = 0
  #allowance: number
  #refilledAt = 0
  #gap: Gap | undefined
  #accepted = 0
  #settled = 0

  constructor(limits: QueueLimits, pool: QueuePool) {
    this.#limits = limits
    this.#pool = pool
    this.#allowance = limits.pendingBytes
  }

  /** True if nothing waits; what was taken may still be being written. */
  get isEmpty(): boolean {
    return this.#records.length === 0
  }

  /** How many records were ever taken in, and how many of them have been written or dropped. */
  get accepted(): number {
    return this.#accepted
  }
  get settled(): number {
    return this.#settled
  }

  /** What was dropped and not yet stated. */
  get gap(): Gap | undefined {
    return this.#gap
  }

  /** @param now milliseconds on the monotonic clock */
  offer(record: string, now: number): void {
    const size = sizeOf(record)
    this.#refill(now)
    if (size > this.#allowance || !this.#hasRoom(size)) return this.drop(1, 'flood')
    this.#allowance -= size
    this.#hold(size)
    this.#accepted += 1
    this.#records.push(record)
  }

  /** The oldest records, at least one and about `bytes` of them, to be written; `settle` them when that is over. */
  take(bytes: number): string[] {
    let size = 0
    const end = this.#records.findIndex((record) => (size += sizeOf(record)) > bytes)
    return this.#records.splice(0, end === -1 ? this.#records.length : end + 1)
  }

  /** Their memory is free again. */
  settle(records: string[]): void {
    for (const record of records) this.#hold(-sizeOf(record))
    this.#settled += records.length
  }

  drop(lines: number, reason: Gap['reason']): void {
    if (lines === 0) return
    this.#gap = {
      lines: (this.#gap?.lines ?? 0) + lines,
      since: this.#gap?.since ?? Date.now(),
      reason,
    }
  }

  /** This gap stands in the log now; what was dropped meanwhile is another one. */
  state(stated: Gap): void {
    const lines = (this.#gap?.lines ?? 0) - stated.lines
    this.#gap = undefined
    this.drop(lines, stated.reason)
  }

  #refill(now: number): void {
    const earned = ((now - this.#refilledAt) * this.#limits.bytesPerSecond) / 1000
    this.#allowance = Math.min(this.#limits.pendingBytes, this.#allowance + earned)
    this.#refilledAt = now
  }

  #hasRoom(size: number): boolean {
    if (this.#bytes + size > this.#limits.pendingBytes) return false
    return this.#pool.bytes + size <= this.#pool.limitBytes || this.#bytes + size <= OWN_SHARE_BYTES
  }

  #hold(size: number): void {
    this.#bytes += size
    this.#pool.bytes += size
  }
}

/** With its number, a space and a newline. In UTF-16 units, which are bytes for all but other scripts. */
const sizeOf = (record: string): number => record.length + 10
