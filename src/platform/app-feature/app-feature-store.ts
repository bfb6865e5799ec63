import { sql } from 'kysely'
import type { Db } from '#/foundation/db.ts'
import type { App } from '#/platform/app/app.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { APP_FEATURES, isAppFeature, type AppFeature, type AppFeatureName } from './app-feature.ts'

/** All there are, those that were never turned on among them. */
export const listAppFeatures = async (
  db: Db,
  _actor: Actor,
  app: Pick<App, 'id' | 'createdAt'>,
): Promise<AppFeature[]> => {
  const rows = await db
    .selectFrom('appFeatures')
    .select(['name', 'enabled', 'createdAt', 'updatedAt'])
    .where('appId', '=', app.id)
    .execute()
  return Object.keys(APP_FEATURES)
    .filter(isAppFeature)
    .map((name) => ({
      appId: app.id,
      enabled: false,
      createdAt: app.createdAt,
      updatedAt: app.createdAt,
      ...rows.find((row) => row.name === name),
      name,
    }))
}

export const saveAppFeature = async (
  tx: Db,
  _actor: Actor,
  { appId, name, enabled }: { appId: string; name: AppFeatureName; enabled: boolean },
): Promise<void> => {
  await tx
    .insertInto('appFeatures')
    .values({ appId, name, enabled })
    .onConflict((conflict) =>
      conflict.columns(['appId', 'name']).doUpdateSet({ enabled, updatedAt: sql<Date>`now()` }),
    )
    .execute()
}
