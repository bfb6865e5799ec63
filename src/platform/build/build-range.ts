import { ApiError } from '#/foundation/errors.ts'
import { pageOf, parseRange, type Page, type Range } from '#/foundation/range.ts'
import type { Build } from './build.ts'

/** Builds are listed by when they began, or by id. */
export const buildRange = (header: string | undefined): Range => {
  const range = parseRange(header, ['created_at', 'started_at', 'id'])
  if (range.property === 'id') return range
  for (const bound of [range.start, range.end])
    if (bound !== undefined && Number.isNaN(Date.parse(bound)))
      throw new ApiError(
        416,
        'requested_range_not_satisfiable',
        'The bounds of that range are not times.',
      )
  return { ...range, property: 'created_at' }
}

export const pageOfBuilds = (found: Build[], range: Range): Page<Build> =>
  pageOf(found, range, ({ id, createdAt }) =>
    range.property === 'id' ? id : createdAt.toISOString(),
  )
