import { ApiError } from '#/foundation/errors.ts'

/** Heroku's paging: `Range: version ]10..; max=15, order=desc`. */
export type Range = {
  property: string
  start: string | undefined
  startIsExcluded: boolean
  end: string | undefined
  max: number
  order: 'asc' | 'desc'
}

const GRAMMAR = /^\s*([a-z_]+)\s+(\]?)([^\s;,]*?)\.\.([^\s;,]*)\s*(?:[;,]\s*(.*))?$/
const DEFAULT_MAX = 200
const MOST = 1000

/** An empty or missing header is the whole list by its first property. Options may come in any order, parted by `;` or `,`. */
export const parseRange = (
  header: string | undefined,
  properties: readonly [string, ...string[]],
): Range => {
  const range: Range = {
    property: properties[0],
    start: undefined,
    startIsExcluded: false,
    end: undefined,
    max: DEFAULT_MAX,
    order: 'asc',
  }
  if (!header?.trim()) return range
  const match = GRAMMAR.exec(header)
  if (!match || !properties.includes(match[1] ?? '')) throw unsatisfiable(properties)
  range.property = match[1] ?? range.property
  range.startIsExcluded = match[2] === ']'
  range.start = match[3] || undefined
  range.end = match[4] || undefined
  applyOptions(range, match[5] ?? '', properties)
  return range
}

const applyOptions = (range: Range, options: string, properties: readonly string[]): void => {
  for (const option of options
    .split(/[;,]/)
    .map((part) => part.trim())
    .filter(Boolean)) {
    const [name, value] = option.split('=')
    if (name === 'max' && /^\d+$/.test(value ?? ''))
      range.max = Math.min(Math.max(Number(value), 1), MOST)
    else if (name === 'order' && (value === 'asc' || value === 'desc')) range.order = value
    else throw unsatisfiable(properties)
  }
}

const unsatisfiable = (properties: readonly string[]): ApiError =>
  new ApiError(
    416,
    'requested_range_not_satisfiable',
    `That range cannot be satisfied. Ranges here go by ${properties.join(' or ')}.`,
  )

export type Page<Row> = { rows: Row[]; status: 200 | 206; headers: Record<string, string> }

/** Cuts rows that are already in the range's order, and one longer than `max` if there are more, to a page with its headers. */
export const pageOf = <Row>(found: Row[], range: Range, keyOf: (row: Row) => string): Page<Row> => {
  const rows = found.slice(0, range.max)
  const first = rows[0]
  const last = rows.at(-1)
  const headers: Record<string, string> = { 'accept-ranges': range.property }
  if (first !== undefined && last !== undefined)
    headers['content-range'] = `${range.property} ${keyOf(first)}..${keyOf(last)}; max=${range.max}`
  if (found.length <= range.max || last === undefined) return { rows, status: 200, headers }
  headers['next-range'] =
    `${range.property} ]${keyOf(last)}..; max=${range.max}${range.order === 'desc' ? ', order=desc' : ''}`
  return { rows, status: 206, headers }
}

/** Sorts and bounds a list that was read whole, for the short lists of the API. */
export const pageOfAll = <Row>(
  all: Row[],
  range: Range,
  keyOf: (row: Row) => string,
): Page<Row> => {
  const sign = range.order === 'asc' ? 1 : -1
  const compare = (a: string, b: string): number => (a < b ? -sign : a > b ? sign : 0)
  const rows = all
    .toSorted((a, b) => compare(keyOf(a), keyOf(b)))
    .filter((row) => {
      const fromStart = range.start === undefined ? 1 : compare(keyOf(row), range.start)
      return (
        (fromStart > 0 || (fromStart === 0 && !range.startIsExcluded)) &&
        (range.end === undefined || compare(keyOf(row), range.end) <= 0)
      )
    })
  return pageOf(rows, range, keyOf)
}
