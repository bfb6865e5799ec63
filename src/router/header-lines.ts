import { HeadReader, isText } from './head-reader.ts'
import { IS_VALUE } from './octets.ts'
import type { Stretch } from './outgoing.ts'

/** Takes down in a draft what a line says; true if the line does not go on. */
export type HeaderReader<Draft> = (draft: Draft, line: HeadReader) => boolean

/**
 * Readers of the headers that are worth a look, by their names. Most lines of a request are none of the router's
 * business, so they are told apart by the length and the first letter of their names, without making strings of them.
 */
export class HeaderReaders<Draft> {
  readonly #slots = Array.from({ length: 64 << 5 }, (): Named<Draft> | undefined => undefined)

  /** @param readers by name in lower case */
  constructor(readers: [string, HeaderReader<Draft>][]) {
    for (const [name, read] of readers) {
      const slot = (name.length << 5) | (name.charCodeAt(0) & 31)
      this.#slots[slot] = { name, read, next: this.#slots[slot] }
    }
  }

  /** Who reads the line. A name with underscores for hyphens counts as the same. */
  find({ bytes, lineStart, nameEnd }: HeadReader): HeaderReader<Draft> | undefined {
    const length = nameEnd - lineStart
    if (length >= 64) return undefined
    let one = this.#slots[(length << 5) | ((bytes[lineStart] ?? 0) & 31)]
    while (one && !isText(bytes, lineStart, nameEnd, one.name)) one = one.next
    return one?.read
  }
}

/** A reader, and another for a name of the same length and first letter. */
type Named<Draft> = { name: string; read: HeaderReader<Draft>; next: Named<Draft> | undefined }

/** The members of a list such as Connection's, in lower case. */
export const listMembers = (value: string): string[] =>
  value
    .split(',')
    .map((member) => member.trim().toLowerCase())
    .filter((member) => member !== '')

/** @param text lines, each with its CRLF */
export const readerOf = (text: string): HeadReader => {
  const bytes = Buffer.from(text, 'latin1')
  return new HeadReader({ bytes, start: 0, end: bytes.length })
}

/** The values of all lines of that name (in lower case), in a first line and header lines. */
export const headerValues = (text: string, name: string): string[] => {
  const reader = readerOf(text)
  reader.first(IS_VALUE)
  const values: string[] = []
  while (reader.next()) if (reader.name() === name) values.push(reader.value())
  return values
}

/** A first line and header lines, without those headers (names in lower case). */
export const withoutHeaders = (text: string, names: readonly string[]): string => {
  const reader = readerOf(text)
  reader.first(IS_VALUE)
  let kept = ''
  while (reader.next()) if (names.includes(reader.name())) kept += textOf(reader.cut())
  return kept + textOf(reader.rest())
}

/** In latin1: a character for each octet. */
export const textOf = ({ bytes, start, end }: Stretch): string =>
  bytes.toString('latin1', start, end)
