import { forbidden, notFound } from '#/foundation/errors.ts'
import type { Access } from '#/platform/route.ts'
import { findTeam } from '#/platform/team/team-store.ts'
import type { Team } from '#/platform/team/team.ts'
import { isAuditorOf } from './audit-store.ts'

/** Below `/teams/:team`: a team whose whole log the caller may read. */
export const auditedTeam: Access<Team> = {
  name: 'team:audit',
  find: async ({ platform, actor, params }) => {
    const team = await findTeam(platform.db, actor, params['team'] ?? '')
    if (!team) throw notFound('team')
    if (!(await isAuditorOf(platform.db, actor, team.id)))
      throw forbidden(`Only owners and admins of ${team.name} may read its audit log.`)
    return team
  },
}
