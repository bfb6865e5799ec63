import { setTimeout as pause } from 'node:timers/promises'
import { transaction, type Db } from '#/foundation/db.ts'
import { failpoint } from '#/foundation/failpoint.ts'
import { systemActor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import { makeSeal, NO_SEAL, packRowHashes, type HashedEvent } from './event-seal.ts'
import {
  findHourToSeal,
  findLastSeal,
  hashEvents,
  insertSeal,
  lockSealing,
  newTransactionNumber,
  oldestTransactionNumber,
  startOfHour,
} from './seal-store.ts'

const SEALER = systemActor('audit')

/** So that a clock that is set a little can do nothing. */
const LAG_MS = 5 * 60_000
const WAIT_LIMIT_MS = 5 * 60_000

/**
 * Seals every hour that has ended, oldest first, each in a transaction of its own.
 *
 * An hour may be sealed once no event can come into it any more. An event's transaction gets its number before the
 * event gets its time (trigger events_prepare). So all events of an hour belong to transactions with a number below
 * one that is taken after the hour's end; once the oldest transaction under way is not below it, all of those have
 * ended, and what they wrote is seen. Later ones have a later time; were the clock set back, the trigger would
 * put their events behind the last seal. What is left: the clock goes back by more than the lag in the very moment
 * of sealing. That is no loss either, but `audit:verify` would then name the event as added.
 */
export const sealEvents = async (
  { db }: Pick<Platform, 'db'>,
  { signal, lagMs = LAG_MS }: { signal?: AbortSignal; lagMs?: number } = {},
): Promise<void> => {
  const before = await startOfHour(db, lagMs)
  if (!(await findHourToSeal(db, (await findLastSeal(db))?.hour, before))) return
  await untilAllEnded(db, signal)
  while (await sealNextHour(db, before)) signal?.throwIfAborted()
}

/** Every transaction that writes now. */
const untilAllEnded = async (db: Db, signal: AbortSignal | undefined): Promise<void> => {
  const next = await newTransactionNumber(db)
  const deadline = performance.now() + WAIT_LIMIT_MS
  while ((await oldestTransactionNumber(db)) < next) {
    if (performance.now() > deadline)
      throw new Error('A transaction has been writing for minutes, so the hour cannot be sealed.')
    await pause(200, undefined, signal ? { signal } : {})
  }
}

const sealNextHour = (db: Db, before: Date): Promise<boolean> =>
  transaction(db, async (tx) => {
    await lockSealing(tx)
    const last = await findLastSeal(tx)
    const hour = await findHourToSeal(tx, last?.hour, before)
    if (!hour) return false
    const events: HashedEvent[] = []
    for await (const event of hashEvents(tx, hour)) events.push(event)
    await insertSeal(tx, SEALER, makeSeal(hour, last?.hash ?? NO_SEAL, packRowHashes(events)))
    failpoint('hour-sealed')
    return true
  })
