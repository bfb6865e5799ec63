import { colourOf256, colourOfRgb, NAMED } from './ansi-colour.ts'

/**
 * A stretch of text in one look. Only text, names of classes of ours, and colours as `#rrggbb`: whatever a program
 * prints stays text.
 */
export type Stretch = {
  text: string
  look: string
  /** Of the text, where it is none of those that have a class. */
  ink?: string
  /** Behind the text. */
  paper?: string
}

type Look = {
  classes: Map<string, string>
  ink: string | undefined
  paper: string | undefined
  isReversed: boolean
}

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
  const look: Look = {
    ...{ classes: new Map(), ink: undefined, paper: undefined },
    isReversed: false,
  }
  let from = 0
  const add = (text: string): void => {
    const clean = text.replaceAll(/\r\n/g, '\n').replaceAll(INVISIBLE, '')
    if (clean === '') return
    const { classes, ink, paper } = look.isReversed ? reversed(look) : look
    stretches.push({
      text: clean,
      look: [...classes.values()].join(' '),
      ...(ink === undefined ? {} : { ink }),
      ...(paper === undefined ? {} : { paper }),
    })
  }
  for (const match of printed.matchAll(SEQUENCE)) {
    add(printed.slice(from, match.index))
    from = match.index + match[0].length
    if (match[2] === 'm') applyCodes(look, match[1] ?? '')
  }
  add(printed.slice(from))
  return stretches
}

/** The text in the colour that was behind it, on its own as terminals show it, or on that of text of the page. */
const reversed = ({ classes, ink, paper }: Look): Pick<Look, 'classes' | 'ink' | 'paper'> => {
  const { colour: name, ...others } = Object.fromEntries(classes)
  const own = ink ?? colourOf256(NAMED.findIndex((one) => name === `ansi-${one}`))
  const all = own === undefined ? { ...others, turned: 'ansi-reverse' } : others
  return { classes: new Map(Object.entries(all)), ink: paper, paper: own }
}

const SIMPLE: Record<number, [string, string]> = {
  1: ['weight', 'ansi-bold'],
  2: ['weight', 'ansi-dim'],
  3: ['slant', 'ansi-italic'],
  4: ['line', 'ansi-underline'],
}
const ENDS: Record<number, string> = { 22: 'weight', 23: 'slant', 24: 'line' }

const applyCodes = (look: Look, codes: string): void => {
  const all = codes.split(';')
  for (let index = 0; index < all.length; index++) {
    const [code = 0, ...parts] = (all[index] ?? '').split(':').map(Number)
    if (code !== 38 && code !== 48) applyCode(look, code)
    else if (parts.length > 0) applyColour(look, code, [parts[0] ?? 0, ...rgbOf(parts)])
    else {
      // The older way: what belongs to it are codes of their own.
      const kind = Number(all[index + 1])
      const length = LENGTHS[kind] ?? 1
      applyColour(look, code, all.slice(index + 1, index + 1 + length).map(Number))
      index += length
    }
  }
}

/** How many numbers tell a colour, with that of its kind: of the palette, or by red, green and blue. */
const LENGTHS: Record<number, number> = { 2: 4, 5: 2 }

/** With colons there may be a colour space before the three. */
const rgbOf = ([kind, ...rest]: number[]): number[] => (kind === 2 ? rest.slice(-3) : rest)

const applyColour = (look: Look, code: number, [kind, ...parts]: number[]): void => {
  const [number = -1] = parts
  const name = NAMED[number % 8]
  if (kind === 5 && code === 38 && number >= 0 && number < 16 && name !== undefined)
    return setInk(look, { name })
  const colour = kind === 5 ? colourOf256(number) : colourOfRgb(parts)
  if (colour === undefined) return
  if (code === 38) setInk(look, { colour })
  else look.paper = colour
}

const setInk = (look: Look, { name, colour }: { name?: string; colour?: string }): void => {
  look.ink = colour
  if (name === undefined) look.classes.delete('colour')
  else look.classes.set('colour', `ansi-${name}`)
}

const applyCode = (look: Look, code: number): void => {
  const simple = SIMPLE[code]
  const name = NAMED[code - 30] ?? NAMED[code - 90]
  const paper = code >= 100 ? colourOf256(code - 92) : colourOf256(code - 40)
  if (code === 0) {
    look.classes.clear()
    look.ink = look.paper = undefined
    look.isReversed = false
  } else if (code === 7 || code === 27) look.isReversed = code === 7
  else if (simple) look.classes.set(...simple)
  else if (name !== undefined) setInk(look, { name })
  else if (code === 39) setInk(look, {})
  else if (code === 49) look.paper = undefined
  else if (isPaper(code)) look.paper = paper
  else look.classes.delete(ENDS[code] ?? '')
}

const isPaper = (code: number): boolean =>
  (code >= 40 && code <= 47) || (code >= 100 && code <= 107)

/** Without any looks, for one line. */
export const plainText = (text: string): string =>
  parseAnsi(text)
    .map((stretch) => stretch.text)
    .join('')
