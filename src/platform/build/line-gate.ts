/** Lets text through in whole lines, so that what is looked for in it is not torn in two. */
export type LineGate = { write: (text: string) => void; flush: () => void }

/** A line that stops in its middle (`Fetching... `) is shown after this time all the same. */
const HOLD_MS = 250
const MOST_HELD_CHARACTERS = 64 * 1024

/** @param cutOf where a text may be cut that is no whole line yet; what stands behind that is held until it goes on */
export const createLineGate = (
  pass: (text: string) => void,
  cutOf: (text: string) => number = (text) => text.length,
): LineGate => {
  let held = ''
  let timer: NodeJS.Timeout | undefined
  const passUpTo = (end: number): void => {
    clearTimeout(timer)
    timer = undefined
    if (end > 0) pass(held.slice(0, end))
    held = held.slice(end)
  }
  const passSome = (): void => passUpTo(cutOf(held))
  return {
    flush: () => passUpTo(held.length),
    write: (text) => {
      held += text
      const end = held.lastIndexOf('\n') + 1
      if (end > 0) passUpTo(end)
      if (held.length > MOST_HELD_CHARACTERS) passUpTo(Math.max(cutOf(held), held.length / 2))
      if (held !== '') timer ??= setTimeout(passSome, HOLD_MS)
    },
  }
}
