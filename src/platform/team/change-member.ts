import { transaction, type Db } from '#/foundation/db.ts'
import { forbidden, invalidParams, notFound } from '#/foundation/errors.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { deleteInvitationsBy } from './invitation-store.ts'
import { TEAM_ROLES } from './permission-table.ts'
import {
  changeMemberRole,
  deleteGrantsInTeam,
  deleteMember,
  findTeam,
  listTeamMembers,
  lockTeam,
  type TeamMember,
} from './team-store.ts'
import { memberId, RUNNING_ROLES, type Role, type Team } from './team.ts'

type Needs = Pick<Platform, 'db'>

/** Gives a member another role. Changes of one team's people follow one another. */
export const changeMember = (
  { db }: Needs,
  actor: Actor,
  team: Pick<Team, 'id'>,
  { email, role }: { email: string; role: Role },
): Promise<TeamMember> =>
  transaction(db, async (tx) => {
    await lockTeam(tx, team.id)
    const own = await lockedRole(tx, actor, team.id)
    if (!RUNNING_ROLES.includes(own)) throw forbidden('Only admins change roles.')
    const member = await getMember(tx, actor, team.id, email)
    if (member.role === role) return member
    checkOwners(own, [member.role, role])
    await checkOwnerStays(tx, actor, member)
    await changeMemberRole(tx, member, role)
    if (!RUNNING_ROLES.includes(role)) await deleteInvitationsBy(tx, team.id, member.accountId)
    await insertEvent(tx, actor, {
      resource: 'team-member',
      resourceId: member.accountId,
      action: 'update',
      teamId: team.id,
      before: { user: member.email, role: member.role },
      after: { user: member.email, role },
    })
    return getMember(tx, actor, team.id, member.accountId)
  })

/** Takes somebody out of a team, and with that from all of its apps; anybody may take themselves out. */
export const removeMember = (
  { db }: Needs,
  actor: Actor,
  team: Pick<Team, 'id'>,
  ref: string,
): Promise<TeamMember> =>
  transaction(db, async (tx) => {
    await lockTeam(tx, team.id)
    const own = await lockedRole(tx, actor, team.id)
    const isOwn = [actor.accountId, actor.name.toLowerCase(), '~'].includes(ref.toLowerCase())
    if (!isOwn && !RUNNING_ROLES.includes(own)) throw forbidden('Only admins remove people.')
    const member = await getMember(tx, actor, team.id, ref === '~' ? actor.name : ref)
    if (!isOwn) checkOwners(own, [member.role])
    await checkOwnerStays(tx, actor, member)
    await deleteMember(tx, member)
    const apps = await deleteGrantsInTeam(tx, member)
    await deleteInvitationsBy(tx, team.id, member.accountId)
    await insertEvent(tx, actor, {
      resource: 'team-member',
      resourceId: member.accountId,
      action: 'destroy',
      teamId: team.id,
      before: {
        user: member.email,
        role: member.role,
        ...(apps.length > 0 ? { collaboratorOf: apps } : {}),
      },
    })
    return member
  })

/** By address, by account, or by the id that the wire gives a membership. */
const getMember = async (
  tx: Db,
  actor: Actor,
  teamId: string,
  ref: string,
): Promise<TeamMember> => {
  const found = (await listTeamMembers(tx, actor, teamId)).find(
    ({ email, accountId }) =>
      email.toLowerCase() === ref.toLowerCase() ||
      accountId === ref ||
      memberId({ teamId, accountId }) === ref,
  )
  if (!found)
    throw notFound('team_member', 'There is no such member. Invite people whom you want to add.')
  return found
}

/** What the actor is now that nobody else can change it. */
export const lockedRole = async (tx: Db, actor: Actor, teamId: string): Promise<Role> => {
  const team = await findTeam(tx, actor, teamId)
  if (!team) throw notFound('team')
  return team.role
}

/** Only owners make and unmake owners. */
export const checkOwners = (own: Role, roles: Role[]): void => {
  const isOwner = (TEAM_ROLES.own as readonly Role[]).includes(own)
  if (roles.includes('owner') && !isOwner)
    throw forbidden('Only an owner of the team makes or removes an owner.')
}

const checkOwnerStays = async (tx: Db, actor: Actor, member: TeamMember): Promise<void> => {
  if (member.role !== 'owner') return
  const members = await listTeamMembers(tx, actor, member.teamId)
  if (members.filter(({ role }) => role === 'owner').length < 2)
    throw invalidParams(
      `${member.email} is the only owner of the team. Make somebody else an owner first.`,
    )
}
