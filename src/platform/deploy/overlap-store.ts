import type { Db } from '#/foundation/db.ts'
import type { Actor } from '#/platform/event/actor.ts'

/** Whether the app's old and new dynos may run at the same time during a deploy. */
export const mayOverlap = async (db: Db, _actor: Actor, appId: string): Promise<boolean> =>
  (
    await db
      .selectFrom('apps')
      .select('deploysOverlap')
      .where('id', '=', appId)
      .executeTakeFirstOrThrow()
  ).deploysOverlap

/** Whether new dynos may start at once: nothing of the app's runs or waits, and they may run beside the old ones. */
export const mayStartAtOnce = async (db: Db, _actor: Actor, appId: string): Promise<boolean> => {
  const { deploysOverlap, isBusy } = await db
    .selectFrom('apps')
    .select((eb) => [
      'deploysOverlap',
      eb
        .exists(
          eb
            .selectFrom('deploys')
            .select('deploys.id')
            .whereRef('deploys.appId', '=', 'apps.id')
            .where('deploys.status', 'in', ['queued', 'running']),
        )
        .as('isBusy'),
    ])
    .where('id', '=', appId)
    .executeTakeFirstOrThrow()
  return deploysOverlap && !isBusy
}

export const saveOverlap = async (
  tx: Db,
  _actor: Actor,
  appId: string,
  overlap: boolean,
): Promise<void> => {
  await tx.updateTable('apps').set({ deploysOverlap: overlap }).where('id', '=', appId).execute()
}

/** Ids of kept dynos that are wanted no more and may still run. */
export const listEndingDynos = async (db: Db, _actor: Actor, appId: string): Promise<string[]> =>
  (
    await db
      .selectFrom('dynos')
      .select('id')
      .where('appId', '=', appId)
      .where('kind', '=', 'kept')
      .where('wanted', '=', false)
      .where('stoppedAt', 'is', null)
      .execute()
  ).map(({ id }) => id)
