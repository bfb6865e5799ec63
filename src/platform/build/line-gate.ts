/** Lets text through in whole lines, so that what is looked for in it is not torn in two. */
export type LineGate = { write: (text: string) => void; flush: () => void }

/** A line that stops in its middle (`Fetching... `) is shown after this time all the same. */
const HOLD_MS = 250
const MOST_HELD_CHARACTERS = 64 * 1024

export const createLineGate = (pass: (text: string) => void): LineGate => {
  let held = ''
  let timer: NodeJS.Timeout | undefined
  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (held !== '') pass(held)
    held = ''
  }
  return {
    flush,
    write: (text) => {
      const end = text.lastIndexOf('\n') + 1
      if (end > 0) {
        held += text.slice(0, end)
        flush()
      }
      held += text.slice(end)
      if (held.length > MOST_HELD_CHARACTERS) flush()
      if (held !== '') timer ??= setTimeout(flush, HOLD_MS)
    },
  }
}
