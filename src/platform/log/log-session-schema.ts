import { Type, type Static } from 'typebox'
import { newId } from '#/foundation/ids.ts'
import { DEFAULT_LINES, MOST_LINES, type LogSession } from './log-session.ts'

/** Heroku's, and ours: `text`, `from` and `to` search in what is kept. */
export const CreateLogSession = Type.Object({
  source: Type.Optional(Type.String({ maxLength: 64 })),
  /** A dyno, or a process type for all of its dynos. */
  dyno: Type.Optional(Type.String({ maxLength: 64 })),
  type: Type.Optional(Type.String({ maxLength: 64 })),
  lines: Type.Optional(Type.Integer({ minimum: 0 })),
  tail: Type.Optional(Type.Boolean()),
  text: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  from: Type.Optional(Type.String({ format: 'date-time' })),
  to: Type.Optional(Type.String({ format: 'date-time' })),
})

export const logSessionOf = (wanted: Static<typeof CreateLogSession>): LogSession => ({
  lines: Math.min(wanted.lines ?? DEFAULT_LINES, MOST_LINES),
  tail: wanted.tail ?? false,
  filter: {
    source: wanted.source,
    dyno: wanted.dyno ?? wanted.type,
    text: wanted.text,
    from: momentOf(wanted.from),
    to: momentOf(wanted.to),
  },
})

export const presentLogSession = (url: string) => {
  const now = new Date()
  return { id: newId(), created_at: now, updated_at: now, logplex_url: url }
}

const momentOf = (time: string | undefined): number | undefined =>
  time === undefined ? undefined : Date.parse(time)
