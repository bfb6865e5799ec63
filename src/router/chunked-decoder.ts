import { readerOf } from './header-lines.ts'
import { CR, IS_TOKEN, LF } from './octets.ts'
import type { Body } from './body-framing.ts'
import type { Stretch } from './outgoing.ts'

type State = 'size' | 'extension' | 'size LF' | 'data' | 'data CR' | 'data LF' | 'trailers' | 'done'

/** Longest size line and longest trailers of a body, in bytes. */
const SIZE_LINE_LIMIT = 1_024
const SIZE_DIGITS_LIMIT = 13
const TRAILERS_LIMIT = 16_384

/** Follows a chunked body (RFC 9112 7.1) octet by octet, jumping over the data. */
export class ChunkedDecoder implements Body {
  done = false
  malformed = false
  #state: State = 'size'
  #size = 0
  #digits = 0
  #lineBytes = 0
  #trailers = ''
  readonly #onData: ((data: Stretch) => void) | undefined

  /** @param onData called with each stretch of the data itself */
  constructor(onData?: (data: Stretch) => void) {
    this.#onData = onData
  }

  take(bytes: Buffer, start: number, end: number): number {
    let at = start
    while (at < end && !this.done && !this.malformed)
      at = this.#state === 'data' ? this.#takeData(bytes, at, end) : this.#takeOctet(bytes, at)
    return at
  }

  #takeData(bytes: Buffer, at: number, end: number): number {
    const taken = Math.min(this.#size, end - at)
    this.#onData?.({ bytes, start: at, end: at + taken })
    this.#size -= taken
    if (this.#size === 0) this.#state = 'data CR'
    return at + taken
  }

  #takeOctet(bytes: Buffer, at: number): number {
    const octet = bytes[at] ?? 0
    this.malformed = !this.#step(octet)
    return at + 1
  }

  /** False if `octet` may not stand here. */
  #step(octet: number): boolean {
    switch (this.#state) {
      case 'size':
        return this.#readSize(octet)
      case 'extension':
        return this.#readExtension(octet)
      case 'size LF':
        this.#state = this.#size === 0 ? 'trailers' : 'data'
        this.#digits = 0
        this.#lineBytes = 0
        return octet === LF
      case 'data CR':
        this.#state = 'data LF'
        return octet === CR
      case 'data LF':
        this.#state = 'size'
        return octet === LF
      case 'trailers':
        return this.#readTrailers(octet)
      case 'data':
      case 'done':
        return false
    }
  }

  #readSize(octet: number): boolean {
    const digit = hexDigit(octet)
    if (digit >= 0) {
      this.#size = this.#size * 16 + digit
      return ++this.#digits <= SIZE_DIGITS_LIMIT
    }
    if (this.#digits === 0) return false
    if (octet === SEMICOLON) this.#state = 'extension'
    else this.#state = 'size LF'
    return octet === SEMICOLON || octet === CR
  }

  #readExtension(octet: number): boolean {
    if (octet === CR) this.#state = 'size LF'
    return octet === CR || (++this.#lineBytes <= SIZE_LINE_LIMIT && isOfExtension(octet))
  }

  #readTrailers(octet: number): boolean {
    this.#trailers += String.fromCharCode(octet)
    if (octet !== LF) return this.#trailers.length <= TRAILERS_LIMIT
    if (!this.#trailers.endsWith('\r\n')) return false
    if (this.#trailers !== '\r\n' && !this.#trailers.endsWith('\r\n\r\n')) return true
    this.#state = 'done'
    this.done = areTrailersGood(this.#trailers)
    return this.done
  }
}

const SEMICOLON = 59
const EQUALS = 61
const QUOTE = 34

const hexDigit = (octet: number): number => {
  if (octet >= 48 && octet <= 57) return octet - 48
  const letter = octet | 32
  return letter >= 97 && letter <= 102 ? letter - 87 : -1
}

const isOfExtension = (octet: number): boolean =>
  IS_TOKEN[octet] === 1 || octet === SEMICOLON || octet === EQUALS || octet === QUOTE

/** RFC 9110 6.5.1: a trailer must not say where the message goes, how long it is, or who sends it. */
const NEVER_TRAILERS = [
  ...['host', 'content-length', 'transfer-encoding', 'connection', 'upgrade', 'expect', 'te'],
  ...['trailer', 'authorization', 'cookie', 'x-request-id'],
  ...['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-port'],
]

const areTrailersGood = (text: string): boolean => {
  const lines = readerOf(text)
  while (lines.next()) if (NEVER_TRAILERS.includes(lines.name().replaceAll('_', '-'))) return false
  return lines.state === 'whole'
}
