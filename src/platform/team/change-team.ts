import { transaction } from '#/foundation/db.ts'
import { forbidden, invalidParams, violates } from '#/foundation/errors.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { lockedRole } from './change-member.ts'
import { TEAM_ROLES } from './permission-table.ts'
import { countBelongings, destroyTeamRow, lockTeam, updateTeamRow } from './team-store.ts'
import { isValidTeamName, RUNNING_ROLES, TEAM_NAME_RULE, type Role, type Team } from './team.ts'

type Needs = Pick<Platform, 'db'>

export const renameTeam = async (
  { db }: Needs,
  actor: Actor,
  { id }: Pick<Team, 'id'>,
  name: string,
): Promise<void> => {
  if (!isValidTeamName(name)) throw invalidParams(TEAM_NAME_RULE)
  try {
    await transaction(db, async (tx) => {
      const before = await lockTeam(tx, id)
      if (!RUNNING_ROLES.includes(await lockedRole(tx, actor, id)))
        throw forbidden('Only admins rename a team.')
      if (before.name === name) return
      await updateTeamRow(tx, id, { name })
      await insertEvent(tx, actor, {
        resource: 'team',
        resourceId: id,
        action: 'update',
        teamId: id,
        before: { name: before.name },
        after: { name },
      })
    })
  } catch (error) {
    throw violates(error, 'teams_name_key') ? invalidParams(`Name ${name} is already taken`) : error
  }
}

export type TeamPreferences = Pick<Team, 'memberPermissions' | 'ephemeralAutoJoin'>

/** What members may on its unlocked apps is so at once; what new pipelines begin with is for those that come. */
export const changePreferences = (
  { db }: Needs,
  actor: Actor,
  { id }: Pick<Team, 'id'>,
  wanted: Partial<TeamPreferences>,
): Promise<Team> =>
  transaction(db, async (tx) => {
    const team = await lockTeam(tx, id)
    if (!RUNNING_ROLES.includes(await lockedRole(tx, actor, id)))
      throw forbidden('Only admins keep the preferences of a team.')
    if (wanted.memberPermissions?.includes('manage'))
      throw invalidParams(
        'Members do not manage all apps of a team. Grant `manage` on single apps, or make admins of those who are to have it everywhere.',
      )
    const { memberPermissions, ephemeralAutoJoin } = team
    const before = { memberPermissions, ephemeralAutoJoin }
    const after = { ...before, ...wanted }
    if (JSON.stringify(before) === JSON.stringify(after)) return team
    await updateTeamRow(tx, id, after)
    await insertEvent(tx, actor, {
      resource: 'team',
      resourceId: id,
      action: 'update',
      teamId: id,
      before,
      after,
    })
    return { ...team, ...after }
  })

/** Ends a team that has nothing any more. Names that its apps had stay taken. */
export const destroyTeam = ({ db }: Needs, actor: Actor, { id }: Pick<Team, 'id'>): Promise<void> =>
  transaction(db, async (tx) => {
    const { name } = await lockTeam(tx, id)
    const own = await lockedRole(tx, actor, id)
    if (!(TEAM_ROLES.own as readonly Role[]).includes(own))
      throw forbidden('Only an owner destroys a team.')
    const { apps, pipelines } = await countBelongings(tx, id)
    if (apps + pipelines > 0)
      throw invalidParams(
        `The team ${name} still has apps (${apps}) or pipelines (${pipelines}). Transfer or destroy them first.`,
      )
    await destroyTeamRow(tx, id)
    await insertEvent(tx, actor, {
      resource: 'team',
      resourceId: id,
      action: 'destroy',
      teamId: id,
      before: { name },
    })
  })
