import type { Selectable } from 'kysely'
import type { Event } from '#/foundation/database-types.ts'
import { badRequest } from '#/foundation/errors.ts'

export type StoredEvent = Selectable<Event> & { sessionId?: string | null }

/** Which part of the log: what one thing's people may read of it. */
export type Scope =
  | { kind: 'app' | 'team' | 'pipeline'; id: string }
  | { kind: 'account'; id: string }
  | { kind: 'platform' }

export type EventFilter = {
  /** E-mail address at the time, account id, or a part of the platform. */
  actor?: string
  resource?: string
  action?: string
  result?: string
  since?: Date
  /** The first moment that is left out. */
  until?: Date
}

export type Wanted = { scope: Scope; filter: EventFilter }

type Query = Record<string, string | undefined>

const NAMES = ['actor', 'resource', 'action', 'result', 'since', 'until']

/** What a mistyped filter would let through looks like everything: unknown ones are refused. */
export const parseFilter = (query: Query): EventFilter => {
  const unknown = Object.keys(query).find((name) => !NAMES.includes(name))
  if (unknown !== undefined)
    throw badRequest(`There is no filter ${unknown}. There are ${NAMES.join(', ')}.`)
  return {
    ...textOf(query, 'actor'),
    ...textOf(query, 'resource'),
    ...textOf(query, 'action'),
    ...textOf(query, 'result'),
    ...timeOf(query, 'since'),
    ...timeOf(query, 'until'),
  }
}

const textOf = <Name extends string>(query: Query, name: Name): { [N in Name]?: string } => {
  const value = query[name]
  if (value === undefined) return {}
  if (typeof value !== 'string' || value === '' || value.length > 300 || value.includes('\0'))
    throw badRequest(`The filter ${name} takes one text of up to 300 characters.`)
  return { [name]: value } as { [N in Name]?: string }
}

const DAY_OR_MOMENT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2}))?$/

const timeOf = <Name extends string>(query: Query, name: Name): { [N in Name]?: Date } => {
  const value = query[name]
  if (value === undefined) return {}
  const time = new Date(String(value))
  if (typeof value !== 'string' || !DAY_OR_MOMENT.test(value) || Number.isNaN(time.getTime()))
    throw badRequest(
      `${name} is a day in UTC or a moment, such as 2026-01-31 or 2026-01-31T12:00:00Z.`,
    )
  return { [name]: time } as { [N in Name]?: Date }
}
