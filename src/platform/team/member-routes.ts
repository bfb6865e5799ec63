import { invalidParams } from '#/foundation/errors.ts'
import { route } from '#/platform/route.ts'
import { changeMember, removeMember } from './change-member.ts'
import { listInvitations } from './invitation-store.ts'
import {
  acceptInvitation,
  declineInvitation,
  inviteMember,
  revokeInvitation,
} from './invite-member.ts'
import { MemberRole, presentInvitation, presentTeamMember } from './team-schema.ts'
import { inTeam, onTeam, ownInvitation } from './team-access.ts'
import { listTeamMembers } from './team-store.ts'
import { isRole, ROLES, type Role } from './team.ts'

const roleAsked = (role: string | null): Role => {
  if (role === null || !isRole(role))
    throw invalidParams(`There is no such role. Choose one of ${ROLES.join(', ')}.`)
  return role
}

/** Heroku's path, and the one that links lead to. */
const INVITATIONS = ['/teams/invitations/:token', '/team-invitations/:token'] as const

export const memberRoutes = [
  route({
    method: 'GET',
    path: '/teams/:team/members',
    access: inTeam('people'),
    handle: async ({ platform, actor, target }) =>
      (await listTeamMembers(platform.db, actor, target.id)).map(presentTeamMember),
  }),
  ...(['PUT', 'PATCH'] as const).map((method) =>
    route({
      method,
      path: '/teams/:team/members',
      access: inTeam('run'),
      body: MemberRole,
      handle: async ({ platform, actor, target, body: { email, role } }) =>
        presentTeamMember(
          await changeMember(platform, actor, target, { email, role: roleAsked(role) }),
        ),
    }),
  ),
  route({
    method: 'DELETE',
    path: '/teams/:team/members/:member',
    access: onTeam,
    handle: async ({ platform, actor, target, params }) =>
      presentTeamMember(await removeMember(platform, actor, target, params.member)),
  }),
  route({
    method: 'GET',
    path: '/teams/:team/invitations',
    access: inTeam('people'),
    handle: async ({ platform, target }) =>
      (await listInvitations(platform.db, target.id)).map(presentInvitation),
  }),
  route({
    method: 'PUT',
    path: '/teams/:team/invitations',
    access: inTeam('run'),
    body: MemberRole,
    handle: async ({ platform, actor, target, body: { email, role } }) => {
      const asked = { email, role: roleAsked(role) }
      const { invitation, link } = await inviteMember(platform, actor, target, asked)
      return { ...presentInvitation(invitation), ...(link === null ? {} : { accept_url: link }) }
    },
  }),
  route({
    method: 'DELETE',
    path: '/teams/:team/invitations/:invitation',
    access: inTeam('run'),
    handle: async ({ platform, actor, target, params }) =>
      presentInvitation(await revokeInvitation(platform, actor, target, params.invitation)),
  }),
  route({
    method: 'GET',
    path: INVITATIONS[0],
    access: ownInvitation,
    handle: async ({ target }) => presentInvitation(target),
  }),
  ...INVITATIONS.map((path) =>
    route({
      method: 'POST',
      path: `${path}/accept` as const,
      access: ownInvitation,
      status: 200,
      handle: async ({ platform, actor, params }) =>
        presentTeamMember(await acceptInvitation(platform, actor, params.token)),
    }),
  ),
  ...INVITATIONS.map((path) =>
    route({
      method: 'POST',
      path: `${path}/decline` as const,
      access: ownInvitation,
      status: 200,
      handle: async ({ platform, actor, params }) =>
        presentInvitation(await declineInvitation(platform, actor, params.token)),
    }),
  ),
]
