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

const textsOf = (fields: unknown): Map<string, string> =>
  new Map(
    Object.entries(fields ?? {}).map(([name, value]) => [
      plainText(name),
      plainText(typeof value === 'string' ? value : JSON.stringify(value)),
    ]),
  )
