import { sql } from 'kysely'
import type { Db } from '#/foundation/db.ts'
import type { Actor } from '#/platform/event/actor.ts'

const REFUSALS = 721_453_004

/** So that many at once are counted one after another. */
export const lockRefusals = async (tx: Db, actor: Actor): Promise<void> => {
  await sql`select pg_advisory_xact_lock(${REFUSALS}, hashtext(${actor.accountId ?? actor.name}))`.execute(
    tx,
  )
}

/** Of the last minute. */
export const countRefusals = async (tx: Db, actor: Actor): Promise<number> =>
  (
    await tx
      .selectFrom('events')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('actorAccountId', '=', actor.accountId)
      .where('result', '=', 'refused')
      .where('occurredAt', '>', sql<Date>`now() - interval '1 minute'`)
      .executeTakeFirstOrThrow()
  ).count
