import { sql } from 'kysely'
import type { Db } from '#/foundation/db.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { USUAL, type Traffic } from './traffic.ts'

export const readTraffic = async (db: Db, _actor: Actor, appId: string): Promise<Traffic> =>
  (await db
    .selectFrom('appTraffic')
    .select(['httpsOnly', 'requestLimit', 'drainLimitMs', 'authUser'])
    .where('appId', '=', appId)
    .executeTakeFirst()) ?? USUAL

export type TrafficRow = Partial<Traffic> & { authSalt?: string | null; authHash?: string | null }

export const saveTraffic = async (
  tx: Db,
  _actor: Actor,
  appId: string,
  change: TrafficRow,
): Promise<void> => {
  await tx
    .insertInto('appTraffic')
    .values({ appId, ...change })
    .onConflict((conflict) =>
      conflict.column('appId').doUpdateSet({ ...change, updatedAt: sql<Date>`now()` }),
    )
    .execute()
}
