import { STREAM_PATTERN } from './segment-file.ts'

/**
 * How far a reader has come in an app's log: the number of the last line it has seen of each stream. As text
 * (`engine.1f3a9c02:501,router.99aa00bb:77`) it is what a client gives back to go on without a gap or a repetition.
 */
export type LogCursor = ReadonlyMap<string, number>

export const formatCursor = (cursor: LogCursor): string =>
  [...cursor].map(([stream, number]) => `${stream}:${number}`).join(',')

/** Undefined for what we never gave to anybody. */
export const parseCursor = (text: string): LogCursor | undefined => {
  if (text.length > LIMIT_CHARACTERS) return undefined
  const cursor = new Map<string, number>()
  for (const part of text.split(',')) {
    const [, stream, number] = POSITION.exec(part) ?? []
    if (stream === undefined) return undefined
    cursor.set(stream, Number(number))
  }
  return cursor
}

const LIMIT_CHARACTERS = 8_000
const POSITION = new RegExp(`^(${STREAM_PATTERN}):(\\d{1,15})$`)
