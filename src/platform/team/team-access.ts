import { forbidden, notFound } from '#/foundation/errors.ts'
import type { Access } from '#/platform/route.ts'
import { TEAM_ROLES, type TeamAction } from './permission-table.ts'
import { findInvitationFor } from './invitation-store.ts'
import type { Invitation } from './invitation.ts'
import { findTeam } from './team-store.ts'
import type { Role, Team } from './team.ts'

/** Below `/teams/:team`: a team that the caller belongs to, in a role that may do it. */
export const inTeam = (action: TeamAction): Access<Team & { role: Role }> => {
  const roles: readonly Role[] = TEAM_ROLES[action]
  return {
    name: `team:${roles.join('|')}`,
    find: async ({ platform, actor, params }) => {
      const found = await findTeam(platform.db, actor, params['team'] ?? '')
      if (!found) throw notFound('team')
      if (!roles.includes(found.role))
        throw forbidden(`You do not have permission to do that in the team ${found.name}.`)
      return found
    },
  }
}

/** To see that it is there, which whoever has access to one of its apps may. */
export const onTeam = inTeam('look')

/** For the secret of an invitation: good for the account of the address that it was sent to. */
export const ownInvitation: Access<Invitation> = {
  name: 'team-invitation:own',
  find: async ({ platform, actor, params }) => {
    const found = await findInvitationFor(platform.db, actor, params['token'] ?? '')
    if (!found)
      throw notFound(
        'team_invitation',
        'There is no such invitation for you. It may have been revoked, accepted or expired, or be for another address.',
      )
    return found
  },
}
