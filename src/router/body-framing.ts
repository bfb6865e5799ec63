import { ChunkedDecoder } from './chunked-decoder.ts'

/** Lengths of bodies that are not a number of bytes. */
export const CHUNKED = -1
export const UNTIL_CLOSE = -2

/** Counts a body's bytes as they come by, to know where it ends. */
export type Body = {
  done: boolean
  /** It breaks the rules of its framing: what follows cannot be told from the next message. */
  malformed: boolean
  /** Returns where in `bytes`, from `start` to `end`, the body ends or goes on. */
  take: (bytes: Buffer, start: number, end: number) => number
}

/** @param length bytes, CHUNKED or UNTIL_CLOSE */
export const bodyOf = (length: number): Body => {
  if (length === 0) return NO_BODY
  if (length === CHUNKED) return new ChunkedDecoder()
  return new CountedBody(length === UNTIL_CLOSE ? Infinity : length)
}

const NO_BODY: Body = Object.freeze({
  done: true,
  malformed: false,
  take: (_: Buffer, start: number) => start,
})

class CountedBody implements Body {
  done = false
  readonly malformed = false
  #left: number

  constructor(length: number) {
    this.#left = length
  }

  take(_bytes: Buffer, start: number, end: number): number {
    const taken = Math.min(this.#left, end - start)
    this.#left -= taken
    this.done = this.#left === 0
    return start + taken
  }
}
