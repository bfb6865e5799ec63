import { transaction } from '#/foundation/db.ts'
import { invalidParams, notFound } from '#/foundation/errors.ts'
import { lockApp } from '#/platform/app/app-store.ts'
import type { App } from '#/platform/app/app.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { deleteDomain } from './domain-store.ts'
import type { Domain } from './domain.ts'

export const removeDomain = async (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  app: App,
  domain: Domain,
): Promise<void> => {
  if (domain.kind === 'heroku')
    throw invalidParams(`${domain.hostname} is the app's own address and cannot be removed.`)
  await transaction(db, async (tx) => {
    await lockApp(tx, actor, app.id)
    if (!(await deleteDomain(tx, actor, domain.id))) throw notFound('domain')
    await insertEvent(tx, actor, {
      resource: 'domain',
      resourceId: domain.id,
      action: 'destroy',
      appId: app.id,
      teamId: app.teamId,
      before: { hostname: domain.hostname },
    })
  })
}
