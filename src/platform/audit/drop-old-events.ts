import { transaction } from '#/foundation/db.ts'
import { systemActor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { dropEventsOf, findHourToDrop } from './seal-store.ts'

const RETENTION = systemActor('retention')

/** Drops whole sealed hours, oldest first, and keeps their seals. That it did is an event. @param days 0: keeps all */
export const dropOldEvents = async (
  { db }: Pick<Platform, 'db'>,
  days: number,
  signal?: AbortSignal,
): Promise<void> => {
  while (days > 0) {
    signal?.throwIfAborted()
    const hour = await findHourToDrop(db, days)
    if (!hour) return
    await transaction(db, async (tx) => {
      if (!(await dropEventsOf(tx, RETENTION, hour))) return
      await insertEvent(tx, RETENTION, {
        resource: 'audit-hour',
        resourceId: hour.toISOString(),
        action: 'destroy',
        after: { keptDays: days },
      })
    })
  }
}
