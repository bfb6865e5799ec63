import type { Db } from '#/foundation/db.ts'
import type { Actor } from '#/platform/event/actor.ts'

/** Names of those that the caller has switched on. */
export const listEnabledFeatures = async (db: Db, actor: Actor): Promise<Set<string>> => {
  const rows = await db
    .selectFrom('accountFeatures')
    .select('name')
    .where('accountId', '=', actor.accountId)
    .execute()
  return new Set(rows.map(({ name }) => name))
}

/** False if it was so already. */
export const setFeature = async (
  tx: Db,
  accountId: string,
  name: string,
  enabled: boolean,
): Promise<boolean> => {
  const changed = enabled
    ? await tx
        .insertInto('accountFeatures')
        .values({ accountId, name })
        .onConflict((conflict) => conflict.doNothing())
        .returning('name')
        .executeTakeFirst()
    : await tx
        .deleteFrom('accountFeatures')
        .where('accountId', '=', accountId)
        .where('name', '=', name)
        .returning('name')
        .executeTakeFirst()
  return changed !== undefined
}
