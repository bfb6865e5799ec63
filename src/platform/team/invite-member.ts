import { transaction } from '#/foundation/db.ts'
import { forbidden, invalidParams, notFound, unauthorized } from '#/foundation/errors.ts'
import { newSecret } from '#/foundation/ids.ts'
import { readAddress } from '#/platform/account/account.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import { canSendMail, enqueueMail } from '#/platform/mail/send-mail.ts'
import type { Platform } from '#/platform/platform.ts'
import { checkOwners, lockedRole } from './change-member.ts'
import {
  deleteInvitation,
  findInvitation,
  findInvitationFor,
  putInvitation,
} from './invitation-store.ts'
import { INVITATION_LIFETIME_MS, type Invitation } from './invitation.ts'
import { insertTeamMember, listTeamMembers, lockTeam, type TeamMember } from './team-store.ts'
import { RUNNING_ROLES, type Role, type Team } from './team.ts'

type Needs = Pick<Platform, 'db' | 'keyring' | 'settings' | 'mail'>

/**
 * Invites an address, anew if it has been before. The link goes there by mail; where none can be sent it is returned,
 * this once, for whoever invites to hand on.
 */
export const inviteMember = (
  platform: Needs,
  actor: Actor,
  team: Pick<Team, 'id' | 'name'>,
  asked: { email: string; role: Role },
): Promise<{ invitation: Invitation; link: string | null }> =>
  transaction(platform.db, async (tx) => {
    await lockTeam(tx, team.id)
    const own = await lockedRole(tx, actor, team.id)
    if (!RUNNING_ROLES.includes(own)) throw forbidden('Only admins invite people.')
    if (actor.accountId === null) throw unauthorized()
    checkOwners(own, [asked.role])
    const email = readAddress(asked.email)
    const members = await listTeamMembers(tx, actor, team.id)
    if (members.some((member) => member.email.toLowerCase() === email))
      throw invalidParams(`${email} is a member already. Change their role instead.`)
    const before = await findInvitation(tx, team.id, email)
    if (before) checkOwners(own, [before.role])
    const token = newSecret()
    await putInvitation(tx, {
      teamId: team.id,
      email,
      role: asked.role,
      token,
      byMail: canSendMail(platform),
      invitedBy: actor.accountId,
      expiresAt: new Date(Date.now() + INVITATION_LIFETIME_MS),
    })
    const invitation = await findInvitation(tx, team.id, email)
    if (!invitation) throw new Error('The invitation is not there.')
    await insertEvent(tx, actor, {
      resource: 'team-invitation',
      resourceId: invitation.id,
      action: before ? 'update' : 'create',
      teamId: team.id,
      ...(before ? { before: { user: email, role: before.role } } : {}),
      after: { user: email, role: asked.role },
    })
    const link = invitationLink(platform, token)
    if (!canSendMail(platform)) return { invitation, link }
    await enqueueMail(tx, platform, {
      to: email,
      subject: `Invitation to the team ${team.name}`,
      text: `${actor.name} invites you to join the team ${team.name} as ${asked.role}.\n\nOpen this link within two weeks:\n${link}\n`,
    })
    return { invitation, link: null }
  })

const invitationLink = ({ settings }: Pick<Platform, 'settings'>, token: string): string =>
  `http://${settings.apiHost}:${settings.apiPort}/team-invitations/${token}`

/** @param ref its id or address */
export const revokeInvitation = (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  team: Pick<Team, 'id'>,
  ref: string,
): Promise<Invitation> =>
  transaction(db, async (tx) => {
    await lockTeam(tx, team.id)
    const own = await lockedRole(tx, actor, team.id)
    if (!RUNNING_ROLES.includes(own)) throw forbidden('Only admins revoke invitations.')
    const invitation = await findInvitation(tx, team.id, ref)
    if (!invitation) throw notFound('team_invitation')
    checkOwners(own, [invitation.role])
    await deleteInvitation(tx, invitation.id)
    await insertEvent(tx, actor, {
      resource: 'team-invitation',
      resourceId: invitation.id,
      action: 'destroy',
      teamId: team.id,
      before: { user: invitation.email, role: invitation.role },
    })
    return invitation
  })

/** Makes the account that an invitation was sent to a member. It is good for once. */
export const acceptInvitation = (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  token: string,
): Promise<TeamMember> =>
  transaction(db, async (tx) => {
    const { teamId, role, email, id } = await takeInvitation(tx, actor, token)
    const accountId = actor.accountId ?? ''
    const members = await listTeamMembers(tx, actor, teamId)
    const already = members.find((member) => member.accountId === accountId)
    if (already) return already
    await insertTeamMember(tx, { teamId, accountId, role })
    await insertEvent(tx, actor, {
      resource: 'team-member',
      resourceId: accountId,
      action: 'create',
      teamId,
      after: { user: email, role, invitation: id },
    })
    const member = (await listTeamMembers(tx, actor, teamId)).find(
      (one) => one.accountId === accountId,
    )
    if (!member) throw new Error('The new member is not there.')
    return member
  })

export const declineInvitation = (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  token: string,
): Promise<Invitation> =>
  transaction(db, async (tx) => {
    const invitation = await takeInvitation(tx, actor, token)
    await insertEvent(tx, actor, {
      resource: 'team-invitation',
      resourceId: invitation.id,
      action: 'destroy',
      teamId: invitation.teamId,
      before: { user: invitation.email, role: invitation.role },
      after: { declined: true },
    })
    return invitation
  })

/** Uses it up; of two at once one finds it gone. */
const takeInvitation = async (
  tx: Parameters<typeof findInvitationFor>[0],
  actor: Actor,
  token: string,
): Promise<Invitation> => {
  const found = await findInvitationFor(tx, actor, token)
  if (found) await lockTeam(tx, found.teamId)
  if (!found || !(await deleteInvitation(tx, found.id))) throw notFound('team_invitation')
  return found
}
