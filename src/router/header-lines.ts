import { COLON, CR, IS_TOKEN, IS_VALUE, LF, SPACE, TAB } from './octets.ts'

/**
 * A head as it came. It is read octet by octet from the bytes, which is ten times as fast as from a string; what is
 * wanted as text is cut from one string, made when it is first asked for.
 */
export class Head {
  readonly bytes: Buffer
  /** Where it begins in `bytes`. */
  readonly start: number
  /** Behind its last line, the empty line not included. */
  readonly end: number
  #text: string | undefined

  constructor(bytes: Buffer, start: number, end: number) {
    this.bytes = bytes
    this.start = start
    this.end = end
  }

  /** In latin1: a character for each octet. */
  slice(from: number, to: number): string {
    this.#text ??= this.bytes.toString('latin1', this.start, this.end)
    return this.#text.slice(from - this.start, to - this.start)
  }
}

export const headOf = (text: string): Head => {
  const bytes = Buffer.from(text, 'latin1')
  return new Head(bytes, 0, bytes.length)
}

/**
 * Walks over the header lines from `at` to the head's end. As strict as RFC 9112: CRLF only, no folded line, no
 * space around the name, no control character. `isMalformed` says that it stopped early.
 */
export class HeaderLines {
  readonly head: Head
  isMalformed = false
  lineStart: number
  /** Behind the name; its colon stands here. */
  nameEnd: number
  valueStart = 0
  valueEnd = 0
  /** Behind the CRLF. */
  lineEnd: number

  constructor(head: Head, at: number) {
    this.head = head
    this.lineStart = at
    this.nameEnd = at
    this.lineEnd = at
  }

  /** Goes to the next line; false at the end and at a malformed line. */
  next(): boolean {
    if (this.lineEnd >= this.head.end) return false
    this.isMalformed = !this.#readLine(this.lineEnd)
    return !this.isMalformed
  }

  /** Some servers take `Content_Length` for `Content-Length`, others do not. */
  hasUnderscore(): boolean {
    for (let at = this.lineStart; at < this.nameEnd; at++)
      if (this.head.bytes[at] === UNDERSCORE) return true
    return false
  }

  name(): string {
    return this.head.slice(this.lineStart, this.nameEnd).toLowerCase()
  }

  value(): string {
    return this.head.slice(this.valueStart, this.valueEnd)
  }

  /** Of a value of 1 to 15 digits and nothing else; undefined otherwise. */
  wholeNumber(): number | undefined {
    const length = this.valueEnd - this.valueStart
    if (length < 1 || length > 15) return undefined
    let number = 0
    for (let at = this.valueStart; at < this.valueEnd; at++) {
      const digit = (this.head.bytes[at] ?? 0) - 48
      if (digit < 0 || digit > 9) return undefined
      number = number * 10 + digit
    }
    return number
  }

  /** @param text in lower case */
  isValue(text: string): boolean {
    return isText(this.head.bytes, this.valueStart, this.valueEnd, text)
  }

  #readLine(start: number): boolean {
    const { bytes, end } = this.head
    const nameEnd = skip(bytes, IS_TOKEN, start)
    if (nameEnd === start || bytes[nameEnd] !== COLON) return false
    let valueStart = nameEnd + 1
    while (isBlank(bytes[valueStart])) valueStart++
    let valueEnd = skip(bytes, IS_VALUE, valueStart)
    if (bytes[valueEnd] !== CR || bytes[valueEnd + 1] !== LF || valueEnd + 2 > end) return false
    this.lineEnd = valueEnd + 2
    while (valueEnd > valueStart && isBlank(bytes[valueEnd - 1])) valueEnd--
    this.lineStart = start
    this.nameEnd = nameEnd
    this.valueStart = valueStart
    this.valueEnd = valueEnd
    return true
  }
}

/** Where the run of octets of this kind that begins at `from` ends. */
export const skip = (bytes: Uint8Array, kind: Uint8Array, from: number): number => {
  let at = from
  while (kind[bytes[at] ?? CR] === 1) at++
  return at
}

const isBlank = (octet: number | undefined): boolean => octet === SPACE || octet === TAB

/** True if the octets are `text` (letters, digits and hyphens; in lower case), in whatever case and with hyphens or underscores. */
const isText = (bytes: Uint8Array, start: number, end: number, text: string): boolean => {
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

/** Takes down in a draft what a line says; true if the line does not go on. */
export type HeaderReader<Draft> = (draft: Draft, lines: HeaderLines) => boolean

/**
 * Readers of the headers that are worth a look, by their names. Most lines of a request are none of the router's
 * business, so they are told apart by the length and the first letter of their names, without making strings of them.
 */
export class HeaderReaders<Draft> {
  readonly #slots = Array.from({ length: 64 << 5 }, (): [string, HeaderReader<Draft>][] => [])

  /** @param readers by name in lower case */
  constructor(readers: [string, HeaderReader<Draft>][]) {
    for (const reader of readers) {
      const [name] = reader
      this.#slots[(name.length << 5) | (name.charCodeAt(0) & 31)]?.push(reader)
    }
  }

  /** Who reads the line. A name with underscores for hyphens counts as the same. */
  find({ head, lineStart, nameEnd }: HeaderLines): HeaderReader<Draft> | undefined {
    const length = nameEnd - lineStart
    if (length >= 64) return undefined
    const candidates = this.#slots[(length << 5) | ((head.bytes[lineStart] ?? 0) & 31)]
    if (candidates)
      for (const [name, reader] of candidates)
        if (isText(head.bytes, lineStart, nameEnd, name)) return reader
    return undefined
  }
}

/** The members of a list such as Connection's, in lower case. */
export const listMembers = (value: string): string[] =>
  value
    .split(',')
    .map((member) => member.trim().toLowerCase())
    .filter((member) => member !== '')

/** The values of all lines of that name (in lower case), in a first line and header lines. */
export const headerValues = (text: string, name: string): string[] => {
  const lines = new HeaderLines(headOf(text), text.indexOf('\r\n') + 2)
  const values: string[] = []
  while (lines.next()) if (lines.name() === name) values.push(lines.value())
  return values
}

/** A first line and header lines, without those headers (names in lower case). */
export const withoutHeaders = (text: string, names: readonly string[]): string => {
  const firstEnd = text.indexOf('\r\n') + 2
  const lines = new HeaderLines(headOf(text), firstEnd)
  let kept = text.slice(0, firstEnd)
  while (lines.next())
    if (!names.includes(lines.name())) kept += text.slice(lines.lineStart, lines.lineEnd)
  return kept
}
