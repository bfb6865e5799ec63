import type { LogLine } from './log-line.ts'

export type LogFilter = {
  source?: string | undefined
  /** `web.1`, or `web` for all of its dynos. */
  dyno?: string | undefined
  /** Anywhere in the text, in upper or lower case. */
  text?: string | undefined
  /** Milliseconds since 1970: not before, and before. */
  from?: number | undefined
  to?: number | undefined
}

export const lineFilter = (filter: LogFilter): ((line: LogLine) => boolean) => {
  const { source, dyno, from = -Infinity, to = Infinity } = filter
  const text = filter.text?.toLowerCase()
  return (line) =>
    (source === undefined || line.source === source) &&
    (dyno === undefined || isOfDyno(line.dyno, dyno)) &&
    line.at >= from &&
    line.at < to &&
    (text === undefined || line.text.toLowerCase().includes(text))
}

const isOfDyno = (dyno: string, wanted: string): boolean =>
  dyno === wanted || (dyno.startsWith(wanted) && dyno[wanted.length] === '.')
