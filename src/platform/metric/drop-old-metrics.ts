import type { Platform } from '#/platform/platform.ts'
import { deleteOldMinutes, deleteTotalsOfDestroyed } from './metric-store.ts'
import { KEPT_DAYS } from './metric.ts'

const BATCH = 5_000

export const dropOldMetrics = async (
  { db }: Pick<Platform, 'db'>,
  signal: AbortSignal,
): Promise<void> => {
  await deleteTotalsOfDestroyed(db)
  while (!signal.aborted && (await deleteOldMinutes(db, KEPT_DAYS, BATCH)) === BATCH);
}
