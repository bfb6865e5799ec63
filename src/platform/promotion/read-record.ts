import { listApps } from '#/platform/app/app-store.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import { presentRecord, presentStoredPlan } from './promotion-schema.ts'
import { listAppsWithConfig, listTargetRecords, readPlan } from './promotion-store.ts'
import type { Promotion } from './promotion.ts'

/** All that is kept of a promotion, as far as the actor may see it. */
export const readRecord = async (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  promotion: Promotion,
) => {
  const targets = await listTargetRecords(db, actor, promotion.id)
  const ids = [promotion.sourceAppId, ...targets.map(({ appId }) => appId)]
  const seen = new Set((await listApps(db, actor, { ids })).map(({ id }) => id))
  const readable = new Set(await listAppsWithConfig(db, actor, ids))
  const plan = presentStoredPlan(await readPlan(db, actor, promotion.id), { seen, readable })
  return presentRecord(promotion, targets, plan)
}
