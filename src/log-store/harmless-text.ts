import { LINE_LIMIT_BYTES } from './log-line.ts'

/**
 * What a program printed, as lines that neither break a log's format nor take over a terminal: split at line ends
 * and at LINE_LIMIT_BYTES, tabs and colours kept, every other control character shown as a symbol (NUL is ␀).
 */
export const harmlessTexts = (text: string): string[] => {
  if (!CONTROL.test(text)) return withinLimit(text)
  const lines = text.split(/\r\n|\n|\r/)
  if (lines.length > 1 && lines.at(-1) === '') lines.pop()
  return lines.flatMap((line) => withinLimit(line.replace(COLOUR_OR_CONTROLS, shown)))
}

/** All but the tab: C0, DEL, and C1, whose U+009B starts an escape sequence too. */
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/
// oxlint-disable-next-line no-control-regex
const COLOUR_OR_CONTROLS = /\u001b\[[0-9;:]{0,64}m|([\u0000-\u0008\u000a-\u001f\u007f-\u009f])\1*/g

const SYMBOLS_FOR_CONTROLS = 0x2400
const SYMBOL_FOR_DELETE = '\u2421'

/** @param control of which there are so many in a row; undefined of a colour */
const shown = (found: string, control: string | undefined): string =>
  control === undefined ? found : symbolOf(control.charCodeAt(0)).repeat(found.length)

const symbolOf = (code: number): string => {
  if (code < 0x20) return String.fromCharCode(SYMBOLS_FOR_CONTROLS + code)
  return code === 0x7f ? SYMBOL_FOR_DELETE : '\ufffd'
}

/** No UTF-16 unit takes more bytes of UTF-8. */
const MOST_BYTES_OF_A_UNIT = 3

const withinLimit = (line: string): string[] => {
  if (line.length * MOST_BYTES_OF_A_UNIT <= LINE_LIMIT_BYTES) return [line]
  const bytes = Buffer.from(line)
  const pieces: string[] = []
  for (let from = 0; from < bytes.length;) {
    const to = characterStart(bytes, from + LINE_LIMIT_BYTES)
    pieces.push(bytes.toString('utf8', from, to))
    from = to
  }
  return pieces
}

/** The start of the character that the byte at `at` belongs to, so that a cut there breaks none. */
const characterStart = (bytes: Buffer, at: number): number => {
  let start = at
  while (((bytes[start] ?? 0) & 0xc0) === 0x80) start -= 1
  return start
}
