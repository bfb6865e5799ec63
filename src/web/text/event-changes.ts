import type { Event } from '#/web/data/types.ts'
import { plainText } from './ansi.ts'

type FieldChange = { name: string; before: string | undefined; after: string | undefined }

/** What an event changed, field by field; what stayed as it was is left out. */
export const changesOf = ({ before, after }: Pick<Event, 'before' | 'after'>): FieldChange[] => {
  const [old, now] = [before, after].map(textsOf)
  const names = [...new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])]
  return names
    .map((name) => ({ name, before: old?.get(name), after: now?.get(name) }))
    .filter((change) => change.before !== change.after)
}

/** What an event holds of a thing before or after; a list is one field without a name. */
const textsOf = (fields: unknown): Map<string, string> => {
  if (Array.isArray(fields)) return new Map([['', plainText(fields.map(String).join(', '))]])
  return new Map(
    Object.entries(fields ?? {}).map(([name, value]) => [
      wordsOf(name),
      plainText(typeof value === 'string' ? value : JSON.stringify(value)),
    ]),
  )
}

/** `drain_seconds` and `drainSeconds` are `drain seconds`. */
const wordsOf = (name: string): string =>
  plainText(name)
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase()

const NAMES = ['user', 'name', 'description', 'app']
const MOST_OF_A_NAME = 80

/** Whom or what it was done to if that has a name, else what of it changed. */
export const subjectOf = ({ before, after }: Pick<Event, 'before' | 'after'>): string => {
  const [old, now] = [before, after].map(textsOf)
  const name = [...NAMES, '']
    .map((key) => now?.get(key) ?? old?.get(key))
    .find((value) => value !== undefined && value !== '' && value !== 'null')
  const text =
    name ??
    changesOf({ before, after })
      .map((change) => change.name)
      .join(', ')
  return text.length > MOST_OF_A_NAME ? `${text.slice(0, MOST_OF_A_NAME)}…` : text
}
