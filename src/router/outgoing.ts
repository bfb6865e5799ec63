import { READ_BUFFER, type Wire } from './wire.ts'

/** Bytes on their way, from `start` to `end` of `bytes`. */
export type Stretch = { bytes: Buffer; start: number; end: number }

/** Bytes that outlive the callback in which they were read. */
export const keep = ({ bytes, start, end }: Stretch): Buffer =>
  bytes === READ_BUFFER ? Buffer.from(bytes.subarray(start, end)) : bytes.subarray(start, end)

/**
 * Puts what is to be written together in one buffer, used again and again as long as wires take all of it at
 * once. A wire that does not keeps the buffer, and a new one takes its place.
 */
export class Outgoing {
  readonly size: number
  #buffer: Buffer
  #at = 0

  constructor(size: number) {
    this.size = size
    this.#buffer = Buffer.allocUnsafeSlow(size)
  }

  begin(): this {
    this.#at = 0
    return this
  }

  /** All that has been put in, in latin1. */
  said(): string {
    return this.#buffer.toString('latin1', 0, this.#at)
  }

  /** @param text in latin1 */
  text(text: string): this {
    const { length } = text
    if (length > SHORT) this.#buffer.write(text, this.#at, 'latin1')
    else {
      const buffer = this.#buffer
      const to = this.#at
      for (let at = 0; at < length; at++) buffer[to + at] = text.charCodeAt(at)
    }
    this.#at += length
    return this
  }

  bytes({ bytes, start, end }: Stretch): this {
    this.#at += bytes.copy(this.#buffer, this.#at, start, end)
    return this
  }

  /** Puts an octet in the place of one that is in already. */
  replace(at: number, octet: number): this {
    this.#buffer[at] = octet
    return this
  }

  /** Bytes put in so far. */
  get length(): number {
    return this.#at
  }

  /** Returns false if the receiver is slow: then nothing more should be read for it before `drained`. */
  send(to: Wire): boolean {
    to.write(this.#buffer.subarray(0, this.#at))
    if (to.unsentBytes > 0) this.#buffer = Buffer.allocUnsafeSlow(this.size)
    return !to.isFull
  }
}

/** Characters of a text that takes longer to hand over to Node than to write. */
const SHORT = 100

/** Two sizes, so that a slow receiver of little keeps little. */
const small = new Outgoing(16_384)
const large = new Outgoing(3 * READ_BUFFER.length)

/** @param mostBytes that will be put in */
export const outgoing = (mostBytes: number): Outgoing => {
  if (mostBytes <= small.size) return small.begin()
  return mostBytes <= large.size ? large.begin() : new Outgoing(mostBytes)
}

/** Writes bytes as they are. Returns as `send` does. */
export const relay = (to: Wire, stretch: Stretch): boolean =>
  outgoing(stretch.end - stretch.start)
    .bytes(stretch)
    .send(to)
