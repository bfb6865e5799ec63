/** The names that 30 to 37 and 90 to 97 stand for: classes of ours, whose colours the look of the page tells. */
export const NAMED = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white']

/** What terminals show for the first sixteen where they are behind a text. */
const FIRST = [
  '#000000',
  '#cd0000',
  '#00cd00',
  '#cdcd00',
  '#0000ee',
  '#cd00cd',
  '#00cdcd',
  '#e5e5e5',
  '#7f7f7f',
  '#ff0000',
  '#00ff00',
  '#ffff00',
  '#5c5cff',
  '#ff00ff',
  '#00ffff',
  '#ffffff',
]
const CUBE_FROM = 16
const GREYS_FROM = 232
const STEPS = [0, 95, 135, 175, 215, 255]

/** Of xterm's palette of 256, as `#rrggbb`; undefined if there is none by that number. */
export const colourOf256 = (number: number): string | undefined => {
  if (!Number.isInteger(number) || number < 0 || number > 255) return undefined
  if (number < CUBE_FROM) return FIRST[number]
  if (number >= GREYS_FROM) {
    const grey = 8 + (number - GREYS_FROM) * 10
    return hexOf([grey, grey, grey])
  }
  const place = number - CUBE_FROM
  const steps = [Math.floor(place / 36), Math.floor(place / 6) % 6, place % 6]
  return hexOf(steps.map((step) => STEPS[step] ?? 0))
}

/** Of three numbers from 0 to 255, as `#rrggbb`; undefined if they are not that. */
export const colourOfRgb = (parts: readonly number[]): string | undefined =>
  parts.length === 3 && parts.every((one) => Number.isInteger(one) && one >= 0 && one <= 255)
    ? hexOf(parts)
    : undefined

const hexOf = (parts: readonly number[]): string =>
  `#${parts.map((one) => one.toString(16).padStart(2, '0')).join('')}`

/** What WCAG 2.2 AA asks of text. */
const LEAST_CONTRAST = 4.5

/** The wanted colour if it can be read on the other, else black or white, of which one always can. */
export const readableOn = (paper: string, wanted: string | undefined): string => {
  if (wanted !== undefined && contrastOf(paper, wanted) >= LEAST_CONTRAST) return wanted
  return contrastOf(paper, '#000000') >= contrastOf(paper, '#ffffff') ? '#000000' : '#ffffff'
}

const contrastOf = (one: string, other: string): number => {
  const [darker = 0, lighter = 0] = [luminanceOf(one), luminanceOf(other)].toSorted((a, b) => a - b)
  return (lighter + 0.05) / (darker + 0.05)
}

/** Relative, from 0 to 1. */
const luminanceOf = (colour: string): number => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((from) => {
    const part = Number.parseInt(colour.slice(from, from + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
