import { transaction } from '#/foundation/db.ts'
import { notFound } from '#/foundation/errors.ts'
import { lockApp } from '#/platform/app/app-store.ts'
import type { App } from '#/platform/app/app.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { deleteLogDrain } from './log-drain-store.ts'
import { describeDrainUrl, type LogDrain } from './log-drain.ts'

export const removeLogDrain = (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  app: App,
  drain: LogDrain,
): Promise<void> =>
  transaction(db, async (tx) => {
    await lockApp(tx, actor, app.id)
    if (!(await deleteLogDrain(tx, actor, drain.id)))
      throw notFound('log_drain', "Couldn't find that drain.")
    await insertEvent(tx, actor, {
      resource: 'log-drain',
      resourceId: drain.id,
      action: 'destroy',
      appId: app.id,
      teamId: app.teamId,
      before: { token: drain.token, to: describeDrainUrl(drain.url) },
    })
  })
