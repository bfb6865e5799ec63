import { transaction } from '#/foundation/db.ts'
import { lockApp } from '#/platform/app/app-store.ts'
import type { App } from '#/platform/app/app.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { presentTraffic } from './traffic-schema.ts'
import { readTraffic, saveTraffic, type TrafficRow } from './traffic-store.ts'
import type { Traffic } from './traffic.ts'

/** Changes how the routers serve an app, at once and without a release. */
export const changeTraffic = (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  { id }: Pick<App, 'id'>,
  change: TrafficRow,
): Promise<Traffic> =>
  transaction(db, async (tx) => {
    const { teamId } = await lockApp(tx, actor, id)
    const before = await readTraffic(tx, actor, id)
    await saveTraffic(tx, actor, id, change)
    const after = await readTraffic(tx, actor, id)
    const isSame = JSON.stringify(before) === JSON.stringify(after)
    if (isSame && !change.authHash) return after
    await insertEvent(tx, actor, {
      resource: 'traffic',
      action: 'update',
      appId: id,
      teamId,
      before: told(before),
      after: { ...told(after), ...(change.authHash ? { password: 'new' } : {}) },
    })
    return after
  })

const told = (traffic: Traffic) => ({ ...presentTraffic(traffic), user: traffic.authUser })
