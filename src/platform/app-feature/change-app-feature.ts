import { transaction } from '#/foundation/db.ts'
import { lockApp } from '#/platform/app/app-store.ts'
import type { App } from '#/platform/app/app.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { listAppFeatures, saveAppFeature } from './app-feature-store.ts'
import type { AppFeature, AppFeatureName } from './app-feature.ts'

/** Turns a feature on or off, at once. */
export const changeAppFeature = (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  { id }: Pick<App, 'id'>,
  { name, enabled }: { name: AppFeatureName; enabled: boolean },
): Promise<AppFeature | undefined> =>
  transaction(db, async (tx) => {
    const app = await lockApp(tx, actor, id)
    const find = async (): Promise<AppFeature | undefined> =>
      (await listAppFeatures(tx, actor, app)).find((feature) => feature.name === name)
    const before = await find()
    if (before?.enabled === enabled) return before
    await saveAppFeature(tx, actor, { appId: id, name, enabled })
    await insertEvent(tx, actor, {
      resource: 'app-feature',
      action: 'update',
      appId: id,
      teamId: app.teamId,
      before: { name, enabled: before?.enabled ?? false },
      after: { name, enabled },
    })
    return find()
  })
