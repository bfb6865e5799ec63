import type { LogLine } from './log-line.ts'

/** Lines that were not kept. */
export type Gap = {
  lines: number
  /** Milliseconds since 1970. */
  since: number
  reason: 'flood' | 'disk'
}

/** What an app's log says of lines that came faster than they could be kept, or found no room: Heroku's L10. */
export const gapLine = ({ lines, since, reason }: Gap): LogLine =>
  platformLine(
    Date.now(),
    `Error L10 (output buffer overflow): ${messages(lines)} dropped since ${timeOf(since)}.${WHY[reason]}`,
  )

/** What a tail says, just before the line of that time, of lines that were removed before it could show them: Heroku's L11. */
export const tailGapLine = (lines: number, at: number): LogLine =>
  platformLine(
    at,
    `Error L11 (Tail buffer overflow) -> This tail session dropped ${messages(lines)}.`,
  )

/** What a drain, and the app's log, say of lines that the log no longer had when the drain could take them: Heroku's L10. */
export const drainGapLine = (lines: number, since: number, token: string): LogLine =>
  platformLine(
    Date.now(),
    `Error L10 (output buffer overflow): drain ${token}: ${messages(lines)} dropped since ${timeOf(since)}.`,
  )

const WHY = {
  flood: '',
  disk: ' They could not be written to disk.',
} satisfies Record<Gap['reason'], string>

const platformLine = (at: number, text: string): LogLine => ({
  at,
  source: 'heroku',
  dyno: 'logplex',
  text,
})

const messages = (lines: number): string => (lines === 1 ? '1 message' : `${lines} messages`)

const timeOf = (at: number): string => `${new Date(at).toISOString().slice(0, -5)}+00:00`
