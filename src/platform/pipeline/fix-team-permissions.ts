import { transaction } from '#/foundation/db.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import type { Permission, Team } from '#/platform/team/team.ts'
import { lockTeamEphemeralPermissions, setTeamEphemeralPermissions } from './ephemeral-store.ts'

/** Says what auto-join gives in all pipelines of a team, or (null) leaves it to each of them again. */
export const fixTeamPermissions = (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  { id }: Pick<Team, 'id'>,
  permissions: Permission[] | null,
): Promise<void> =>
  transaction(db, async (tx) => {
    const before = await lockTeamEphemeralPermissions(tx, actor, id)
    if (JSON.stringify(before) === JSON.stringify(permissions)) return
    await setTeamEphemeralPermissions(tx, actor, id, permissions)
    await insertEvent(tx, actor, {
      resource: 'team',
      resourceId: id,
      action: 'update',
      teamId: id,
      before: { ephemeralPermissions: before },
      after: { ephemeralPermissions: permissions },
    })
  })
