import { COLON, CR, IS_TOKEN, IS_VALUE, LF, SPACE, TAB } from './octets.ts'
import type { Stretch } from './outgoing.ts'

/** partial: the bytes end before the head does. */
export type HeadState = 'reading' | 'whole' | 'partial' | 'malformed'

/**
 * Reads a head octet by octet, which is ten times as fast as from a string. As strict as RFC 9112: CRLF only, no folded
 * line, no space around a name, no control character. What is wrong is known as soon as it has come. Lines can be cut
 * out on the way; positions are in the bytes as they came.
 */
export class HeadReader {
  state: HeadState = 'reading'
  /** The line at hand. */
  lineStart: number
  /** Behind the header's name; its colon stands here. */
  nameEnd = 0
  valueStart = 0
  valueEnd = 0
  /** Behind the line's CRLF, and when the head is whole, behind the empty line's. */
  lineEnd: number
  /** Octets cut out so far. */
  cutBytes = 0
  readonly bytes: Buffer
  readonly #end: number
  /** Behind the last line that was cut out. */
  #keptFrom: number

  constructor({ bytes, start, end }: Stretch) {
    this.bytes = bytes
    this.lineStart = start
    this.lineEnd = start
    this.#end = end
    this.#keptFrom = start
  }

  /** Reads the first line, of octets of that kind; false if there is none, for the reason that `state` tells. */
  first(kind: Uint8Array): boolean {
    return this.#readRest(kind, this.lineStart)
  }

  /** Reads the next header line; false if there is none. */
  next(): boolean {
    const { bytes, lineEnd: start } = this
    const end = this.#end
    let at = start
    while (at < end && IS_TOKEN[bytes[at] ?? CR] === 1) at++
    if (at >= end || at === start || bytes[at] !== COLON) return this.#stop(at)
    this.lineStart = start
    this.nameEnd = at
    at++
    while (at < end && isBlank(bytes[at])) at++
    this.valueStart = at
    return this.#readRest(IS_VALUE, at)
  }

  /** Cuts out the line at hand. Returns what stands before it and has not been returned yet. */
  cut(): Stretch {
    const stretch = { bytes: this.bytes, start: this.#keptFrom, end: this.lineStart }
    this.#keptFrom = this.lineEnd
    this.cutBytes += this.lineEnd - this.lineStart
    return stretch
  }

  /** What stands behind the last cut, without the empty line. */
  rest(): Stretch {
    const end = this.state === 'whole' ? this.lineEnd - CRLF_BYTES : this.lineEnd
    return { bytes: this.bytes, start: this.#keptFrom, end }
  }

  /** Reads what is left of a line, from `from`, and its CRLF. */
  #readRest(kind: Uint8Array, from: number): boolean {
    const { bytes } = this
    const end = this.#end
    let at = from
    while (at < end && kind[bytes[at] ?? CR] === 1) at++
    if (at + 1 >= end || bytes[at] !== CR || bytes[at + 1] !== LF) return this.#breakOff(at)
    this.lineEnd = at + CRLF_BYTES
    while (at > from && isBlank(bytes[at - 1])) at--
    this.valueEnd = at
    return true
  }

  /** No header line begins where one was looked for: what might be its name ends at `at`. */
  #stop(at: number): false {
    const { bytes } = this
    const isEmpty = at === this.lineEnd && at + 1 < this.#end
    if (!isEmpty || bytes[at] !== CR || bytes[at + 1] !== LF) return this.#breakOff(at)
    this.lineEnd = at + CRLF_BYTES
    this.state = 'whole'
    return false
  }

  /** What stands at `at` is not what must stand there; or has not come yet. */
  #breakOff(at: number): false {
    const mayGoOn = at >= this.#end || (at + 1 === this.#end && this.bytes[at] === CR)
    this.state = mayGoOn ? 'partial' : 'malformed'
    return false
  }

  /** Some servers take `Content_Length` for `Content-Length`, others do not. */
  hasUnderscore(): boolean {
    for (let at = this.lineStart; at < this.nameEnd; at++)
      if (this.bytes[at] === UNDERSCORE) return true
    return false
  }

  /** In lower case. */
  name(): string {
    return this.bytes.toString('latin1', this.lineStart, this.nameEnd).toLowerCase()
  }

  value(): string {
    return this.bytes.toString('latin1', this.valueStart, this.valueEnd)
  }

  /** Of a value of 1 to 15 digits and nothing else; undefined otherwise. */
  wholeNumber(): number | undefined {
    const length = this.valueEnd - this.valueStart
    if (length < 1 || length > 15) return undefined
    let number = 0
    for (let at = this.valueStart; at < this.valueEnd; at++) {
      const digit = (this.bytes[at] ?? 0) - 48
      if (digit < 0 || digit > 9) return undefined
      number = number * 10 + digit
    }
    return number
  }

  /** @param text in lower case */
  isValue(text: string): boolean {
    return isText(this.bytes, this.valueStart, this.valueEnd, text)
  }
}

export const CRLF_BYTES = 2

const isBlank = (octet: number | undefined): boolean => octet === SPACE || octet === TAB

/** True if the octets are `text` (letters, digits and hyphens; in lower case), in whatever case and with hyphens or underscores. */
export const isText = (bytes: Uint8Array, start: number, end: number, text: string): boolean => {
  if (end - start !== text.length) return false
  for (let at = 0; at < text.length; at++) {
    const octet = bytes[start + at] ?? 0
    if ((octet === UNDERSCORE ? HYPHEN : octet | LOWER_CASE) !== text.charCodeAt(at)) return false
  }
  return true
}

const HYPHEN = 45
const UNDERSCORE = 95
/** Set in small letters, digits and the hyphen alike. */
const LOWER_CASE = 32
