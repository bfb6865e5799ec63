/** A stretch of text in one look. Only text and names of classes of ours: whatever a program prints stays text. */
export type Stretch = { text: string; look: string }

const COLOURS = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white']

/** OSC (titles, links), other strings, CSI sequences, and two-character ones; unfinished ones go to the end of the line. */
const SEQUENCE =
  // oxlint-disable-next-line no-control-regex
  /\u001b\][^\u0007\u001b\n]*(?:\u0007|\u001b\\|(?=\n)|$)|\u001b[PX^_][^\u001b\n]*(?:\u001b\\|(?=\n)|$)|\u001b\[([0-9;:?<=>]*)[ -/]*([@-~])|\u001b[ -/]*[0-~]|\u001b/g

/** What moves or hides and is no colour: other control characters, and those that turn the direction of writing. */
// oxlint-disable-next-line no-control-regex
const INVISIBLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** The colours and weights of what a program printed; every other control sequence is dropped. */
export const parseAnsi = (printed: string): Stretch[] => {
  const stretches: Stretch[] = []
  const look = new Map<string, string>()
  let from = 0
  const add = (text: string): void => {
    const clean = text.replaceAll(/\r\n/g, '\n').replaceAll(INVISIBLE, '')
    if (clean !== '') stretches.push({ text: clean, look: [...look.values()].join(' ') })
  }
  for (const match of printed.matchAll(SEQUENCE)) {
    add(printed.slice(from, match.index))
    from = match.index + match[0].length
    if (match[2] === 'm') applyCodes(look, match[1] ?? '')
  }
  add(printed.slice(from))
  return stretches
}

const SIMPLE: Record<number, [string, string]> = {
  1: ['weight', 'ansi-bold'],
  2: ['weight', 'ansi-dim'],
  3: ['slant', 'ansi-italic'],
  4: ['line', 'ansi-underline'],
}
const ENDS: Record<number, string> = { 22: 'weight', 23: 'slant', 24: 'line', 39: 'colour' }

const applyCodes = (look: Map<string, string>, codes: string): void => {
  const all = codes.split(/[;:]/).map(Number)
  for (let index = 0; index < all.length; index++) {
    const code = all[index] ?? 0
    const simple = SIMPLE[code]
    const end = ENDS[code]
    const colour = COLOURS[code - 30] ?? COLOURS[code - 90]
    if (code === 0) look.clear()
    else if (simple) look.set(...simple)
    else if (end !== undefined) look.delete(end)
    else if (colour !== undefined) look.set('colour', `ansi-${colour}`)
    // Colours of a larger palette are not shown, but their numbers are not codes either.
    else if (code === 38 || code === 48) index += all[index + 1] === 5 ? 2 : 4
  }
}

/** Without any looks, for one line. */
export const plainText = (text: string): string =>
  parseAnsi(text)
    .map((stretch) => stretch.text)
    .join('')
