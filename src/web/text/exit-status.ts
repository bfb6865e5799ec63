/** Precedes the exit code in what a one-off dyno prints, as the official CLI has it. */
const MARKER = '\uFFFF heroku-command-exit-status: '

/** A command that says at its end what it ended with. */
export const tellingExitStatus = (command: string): string => `${command} ; echo "${MARKER}$?"`

/**
 * Takes the exit status out of what comes, wherever it is cut: returns what is to be shown, and tells the status once
 * its line is whole.
 */
export const exitStatusReader = (
  onStatus: (status: number) => void,
): ((text: string) => string) => {
  let held = ''
  let isOver = false
  return (text) => {
    if (isOver) return ''
    held += text
    const at = held.indexOf(MARKER)
    if (at < 0) {
      const show = held.slice(0, held.length - overlap(held))
      held = held.slice(show.length)
      return show
    }
    const show = held.slice(0, at)
    held = held.slice(at)
    const line = /^(\d{1,3})\r?\n/.exec(held.slice(MARKER.length))
    if (line) {
      isOver = true
      onStatus(Number(line[1]))
    }
    return show
  }
}

/** How many characters at the end of the text may be the begin of the marker. */
const overlap = (text: string): number => {
  for (let length = Math.min(MARKER.length - 1, text.length); length > 0; length--)
    if (text.endsWith(MARKER.slice(0, length))) return length
  return 0
}
