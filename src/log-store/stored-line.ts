import { harmlessTexts } from './harmless-text.ts'
import type { LogLine } from './log-line.ts'

/** A line as it is kept. The lines of one stream (what one process writes of one app) have rising numbers. */
export type StoredLine = LogLine & {
  /** `<stream>:<number>`, unique within an app's log. */
  id: string
  stream: string
  number: number
}

/** What is kept of a line, but for its number: `<at> <source> <dyno> <text>`, a record for each line of the text. */
export const recordsOf = (line: LogLine): string[] => {
  const head = `${momentOf(line.at)} ${line.source === 'heroku' ? 'heroku' : 'app'} ${dynoOf(line.dyno)} `
  return harmlessTexts(line.text).map((text) => head + text)
}

/** Undefined for what is not a whole record: half of one that a dying process left, or zeros after a power cut. */
export const parseRecord = (stream: string, record: string): StoredLine | undefined => {
  const fields = RECORD.exec(record)
  if (!fields) return undefined
  const [, number, at, source, dyno = ''] = fields
  return {
    id: `${stream}:${number}`,
    stream,
    number: Number(number),
    at: Number(at),
    source: source === 'heroku' ? 'heroku' : 'app',
    dyno,
    text: record.slice(fields[0].length),
  }
}

const RECORD = /^(\d{1,15}) (\d{1,15}) (app|heroku) (\S{1,64}) /

/** The last millisecond a Date can hold. */
const END_OF_TIME = 8.64e15

const momentOf = (at: number): number =>
  at >= 0 && at < END_OF_TIME / 10 ? Math.trunc(at) : Date.now()

const dynoOf = (dyno: string): string =>
  /^[\w.:-]{1,64}$/.test(dyno) ? dyno : dyno.slice(0, 64).replace(/[^\w.:-]/g, '_') || '-'
