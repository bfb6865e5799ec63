import { readFileSync } from 'node:fs'

/** Descriptors kept for the log, the feed, the table on disk and Node itself. */
const RESERVE = 64

/** How many clients the open file limit allows, each with a connection to a dyno; Infinity where it cannot be read. */
export const connectionsWithinFileLimit = (): number => {
  try {
    const [, soft] =
      /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    return soft === undefined ? Infinity : Math.max(1, Math.floor((Number(soft) - RESERVE) / 2))
  } catch {
    return Infinity // no /proc
  }
}
