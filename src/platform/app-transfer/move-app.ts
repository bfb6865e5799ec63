import type { Db } from '#/foundation/db.ts'
import { updateApp } from '#/platform/app/app-store.ts'
import type { App } from '#/platform/app/app.ts'
import { fitGrantsToOwner } from '#/platform/app/collaborator-store.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Team } from '#/platform/team/team.ts'
import { deletePendingTransfers } from './app-transfer-store.ts'

/**
 * Gives a locked app (the row) to another team or person. Its code, config, add-ons, domains and pipeline come along,
 * its name goes over to the new owner, and whoever had a grant keeps it. Each of the two teams has an event.
 */
export const moveApp = async (
  tx: Db,
  actor: Actor,
  app: App,
  { from, to }: { from: Team; to: Team },
): Promise<void> => {
  await deletePendingTransfers(tx, app.id)
  await updateApp(tx, actor, app.id, { teamId: to.id, locked: false })
  if (to.personalAccountId !== null) await fitGrantsToOwner(tx, app.id, to.personalAccountId)
  const change = {
    resource: 'app',
    resourceId: app.id,
    action: 'update' as const,
    before: { name: app.name, team: from.name, locked: app.locked },
    after: { name: app.name, team: to.name, locked: false },
  }
  await insertEvent(tx, actor, { ...change, teamId: from.id })
  await insertEvent(tx, actor, { ...change, teamId: to.id, appId: app.id })
}
