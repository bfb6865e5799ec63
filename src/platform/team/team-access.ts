import { notFound } from '#/foundation/errors.ts'
import type { ScopedAccess } from '#/platform/route.ts'
import { findTeam } from './team-store.ts'
import type { Role, Team } from './team.ts'

/** Below `/teams/:team`: a team that the caller belongs to, with their role in it. */
export const onTeam: ScopedAccess<Team & { role: Role }> = {
  name: 'team:view',
  reach: 'account',
  find: async ({ platform, actor, params }) => {
    const found = await findTeam(platform.db, actor, params['team'] ?? '')
    if (!found) throw notFound('team')
    return found
  },
}
