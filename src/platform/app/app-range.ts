import { ApiError } from '#/foundation/errors.ts'
import { isId } from '#/foundation/ids.ts'
import { pageOf, parseRange, type Page, type Range } from '#/foundation/range.ts'
import type { AppView } from './app-view-store.ts'

/** Lists of apps go by name, or by id. */
export const appRange = (header: string | undefined): Range => {
  const range = parseRange(header, ['name', 'id'])
  const bounds = [range.start, range.end].filter((bound) => bound !== undefined)
  if (range.property === 'id' && !bounds.every(isId))
    throw new ApiError(
      416,
      'requested_range_not_satisfiable',
      'The bounds of that range are not ids.',
    )
  return range
}

export const pageOfApps = (found: AppView[], range: Range): Page<AppView> =>
  pageOf(found, range, (app) => (range.property === 'id' ? app.id : app.name))
