import { transaction } from '#/foundation/db.ts'
import { lockApp } from '#/platform/app/app-store.ts'
import type { App } from '#/platform/app/app.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { mayOverlap, saveOverlap } from './overlap-store.ts'

/** How the deploys that are queued from now on go about it. */
export const changeOverlap = (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  { id, teamId }: Pick<App, 'id' | 'teamId'>,
  overlap: boolean,
): Promise<boolean> =>
  transaction(db, async (tx) => {
    await lockApp(tx, actor, id)
    const before = await mayOverlap(tx, actor, id)
    if (before === overlap) return overlap
    await saveOverlap(tx, actor, id, overlap)
    await insertEvent(tx, actor, {
      resource: 'app',
      resourceId: id,
      action: 'update',
      appId: id,
      teamId,
      before: { deploysOverlap: before },
      after: { deploysOverlap: overlap },
    })
    return overlap
  })
