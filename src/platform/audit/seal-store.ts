import { sql } from 'kysely'
import type { Db } from '#/foundation/db.ts'
import { sha256 } from '#/foundation/ids.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { HashedEvent, Seal } from './event-seal.ts'

const COLUMNS = [
  'hour',
  'count',
  'firstId',
  'lastId',
  'rowHashes',
  'rowsHash',
  'previousHash',
  'hash',
] as const

export type StoredSeal = Seal & { droppedAt: Date | null }

const SEALING = 721_453_003

/** Of several who seal at once one does, and the others wait and then see what it did. */
export const lockSealing = async (tx: Db): Promise<void> => {
  await sql`select pg_advisory_xact_lock(${SEALING})`.execute(tx)
}

export const findLastSeal = (db: Db): Promise<Seal | undefined> =>
  db.selectFrom('eventSeals').select(COLUMNS).orderBy('hour', 'desc').limit(1).executeTakeFirst()

export const insertSeal = async (tx: Db, _actor: Actor, seal: Seal): Promise<void> => {
  await tx.insertInto('eventSeals').values(seal).execute()
}

/** Oldest first, in batches. */
export async function* eachSeal(db: Db): AsyncGenerator<StoredSeal> {
  const batch = db
    .selectFrom('eventSeals')
    .select([...COLUMNS, 'droppedAt'])
    .orderBy('hour')
    .limit(4)
  let seals = await batch.execute()
  for (;;) {
    yield* seals
    const last = seals.at(-1)
    if (!last) return
    seals = await batch.where('hour', '>', last.hour).execute()
  }
}

/** The start of the oldest hour after `after` that has an event and ended before `before`. */
export const findHourToSeal = async (
  db: Db,
  after: Date | undefined,
  before: Date,
): Promise<Date | undefined> => {
  let query = db
    .selectFrom('events')
    .select(sql<Date>`date_trunc('hour', occurred_at, 'UTC')`.as('hour'))
    .where('occurredAt', '<', before)
  if (after) query = query.where('occurredAt', '>=', endOfHour(after))
  return (await query.orderBy('occurredAt').limit(1).executeTakeFirst())?.hour
}

export const endOfHour = (hour: Date): Date => new Date(hour.getTime() + 3_600_000)

const BATCH = 1_000

/**
 * Each event of the hour with its hash, by id. What is hashed is the row as JSON with its keys in PostgreSQL's order,
 * times in UTC, and without columns that are null: so a nullable column that a later migration adds changes no hash.
 */
export async function* hashEvents(tx: Db, hour: Date): AsyncGenerator<HashedEvent> {
  await sql`select set_config('timezone', 'UTC', true)`.execute(tx)
  for (let after = 0; ;) {
    const { rows } = await sql<{ id: number; text: string }>`
      select id, (
        select jsonb_object_agg(key, value)::text from jsonb_each(to_jsonb(events))
        where value <> 'null'::jsonb
      ) as text
      from events
      where occurred_at >= ${hour} and occurred_at < ${endOfHour(hour)} and id > ${after}
      order by id limit ${BATCH}`.execute(tx)
    for (const { id, text } of rows) yield { id, hash: sha256(text) }
    const last = rows.at(-1)
    if (!last || rows.length < BATCH) return
    after = last.id
  }
}

/** Events of a time that is sealed, in hours without a seal. */
export const listUnsealedBefore = async (db: Db, end: Date, max: number): Promise<number[]> =>
  (
    await db
      .selectFrom('events')
      .select('id')
      .where('occurredAt', '<', end)
      .where((eb) =>
        eb.not(
          eb.exists(
            eb
              .selectFrom('eventSeals')
              .select('hour')
              .where(sql<boolean>`hour = date_trunc('hour', events.occurred_at, 'UTC')`),
          ),
        ),
      )
      .orderBy('id')
      .limit(max)
      .execute()
  ).map(({ id }) => id)

export const countEventsSince = async (db: Db, start: Date | undefined): Promise<number> => {
  let query = db.selectFrom('events').select(({ fn }) => fn.countAll<number>().as('count'))
  if (start) query = query.where('occurredAt', '>=', start)
  return (await query.executeTakeFirstOrThrow()).count
}

/** A new transaction's number: those of all that have begun to write are below it. */
export const newTransactionNumber = async (db: Db): Promise<bigint> => {
  const { rows } = await sql<{ number: string }>`
    select pg_current_xact_id()::text as number`.execute(db)
  return BigInt(rows[0]?.number ?? 0)
}

/** Of the oldest that still writes, or what the next will have at least. */
export const oldestTransactionNumber = async (db: Db): Promise<bigint> => {
  const { rows } = await sql<{ number: string }>`
    select pg_snapshot_xmin(pg_current_snapshot())::text as number`.execute(db)
  return BigInt(rows[0]?.number ?? 0)
}

/** The start of the hour that `lagMs` ago lies in, by the database's clock. */
export const startOfHour = async (db: Db, lagMs: number): Promise<Date> => {
  const { rows } = await sql<{ hour: Date }>`
    select date_trunc('hour', clock_timestamp() - ${lagMs} * interval '1 millisecond', 'UTC') as hour`.execute(
    db,
  )
  if (!rows[0]) throw new Error('PostgreSQL has no clock.')
  return rows[0].hour
}

/** The oldest sealed hour whose events are there though they are older than so many days. */
export const findHourToDrop = async (db: Db, days: number): Promise<Date | undefined> =>
  (
    await db
      .selectFrom('eventSeals')
      .select('hour')
      .where('droppedAt', 'is', null)
      .where('hour', '<', sql<Date>`now() - ${days} * interval '1 day' - interval '1 hour'`)
      .orderBy('hour')
      .limit(1)
      .executeTakeFirst()
  )?.hour

/** False if another has done it meanwhile. */
export const dropEventsOf = async (tx: Db, _actor: Actor, hour: Date): Promise<boolean> => {
  const { numUpdatedRows } = await tx
    .updateTable('eventSeals')
    .set({ droppedAt: sql<Date>`clock_timestamp()`, rowHashes: null })
    .where('hour', '=', hour)
    .where('droppedAt', 'is', null)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) return false
  await tx
    .deleteFrom('events')
    .where('occurredAt', '>=', hour)
    .where('occurredAt', '<', endOfHour(hour))
    .execute()
  return true
}
