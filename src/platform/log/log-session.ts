import type { LogFilter } from '#/log-store/log-filter.ts'

/** What somebody asked to read of an app's log. It is kept nowhere: its URL carries it, signed. */
export type LogSession = {
  /** How many of the newest lines to begin with. */
  lines: number
  /** Whether to go on with new lines. */
  tail: boolean
  filter: LogFilter
}

/** Heroku's. */
export const DEFAULT_LINES = 100
export const MOST_LINES = 1500

/** What a part of a URL's path may hold here. */
const LIMIT_CHARACTERS = 500

/** For a part of a URL's path; undefined if that would be too long. */
export const encodeLogSession = (session: LogSession): string | undefined => {
  const text = Buffer.from(JSON.stringify(session)).toString('base64url')
  return text.length <= LIMIT_CHARACTERS ? text : undefined
}

/** @param text of a URL whose signature was checked */
export const decodeLogSession = (text: string): LogSession =>
  JSON.parse(Buffer.from(text, 'base64url').toString()) as LogSession
