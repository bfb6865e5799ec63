import { transaction } from '#/foundation/db.ts'
import { invalidParams } from '#/foundation/errors.ts'
import { getApp, lockApp, updateApp } from '#/platform/app/app-store.ts'
import type { App } from '#/platform/app/app.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'
import { getTeam } from '#/platform/team/team-store.ts'

/** From then on members of its team have only what they were granted on it; or again what their role gives. */
export const setLocked = (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  { id }: Pick<App, 'id'>,
  locked: boolean,
): Promise<void> =>
  transaction(db, async (tx) => {
    const app = await lockApp(tx, actor, id)
    await getApp(tx, actor, id, NEEDED.lock)
    if ((await getTeam(tx, app.teamId)).personalAccountId !== null)
      throw invalidParams(`Only apps of a team can be locked; ${app.name} is a person's.`)
    if (app.locked === locked) return
    await updateApp(tx, actor, id, { locked })
    await insertEvent(tx, actor, {
      resource: 'app',
      resourceId: id,
      action: 'update',
      appId: id,
      teamId: app.teamId,
      before: { name: app.name, locked: app.locked },
      after: { name: app.name, locked },
    })
  })
