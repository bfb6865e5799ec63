import { transaction } from '#/foundation/db.ts'
import { invalidParams, unauthorized, violates } from '#/foundation/errors.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { insertTeam, insertTeamMember } from './team-store.ts'
import { isValidTeamName, TEAM_NAME_RULE, type Role, type Team } from './team.ts'

/** Makes a team whose owner is the caller. */
export const createTeam = async (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  name: string,
): Promise<Team & { role: Role }> => {
  const { accountId } = actor
  if (accountId === null) throw unauthorized()
  if (!isValidTeamName(name)) throw invalidParams(TEAM_NAME_RULE)
  try {
    return await transaction(db, async (tx) => {
      const team = await insertTeam(tx, actor, name)
      await insertTeamMember(tx, { teamId: team.id, accountId, role: 'owner' })
      await insertEvent(tx, actor, {
        resource: 'team',
        resourceId: team.id,
        action: 'create',
        teamId: team.id,
        after: { name },
      })
      return { ...team, role: 'owner' }
    })
  } catch (error) {
    if (violates(error, 'teams_name_key')) throw invalidParams(`Name ${name} is already taken`)
    throw error
  }
}
