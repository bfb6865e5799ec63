import { notFound } from '#/foundation/errors.ts'
import type { Access } from '#/platform/route.ts'
import { findTeam } from './team-store.ts'
import type { Role, Team } from './team.ts'

/** Below `/teams/:team`: a team that the caller belongs to, with their role in it. */
export const onTeam: Access<Team & { role: Role }> = {
  name: 'team:view',
  find: async ({ platform, actor, params }) => {
    const found = await findTeam(platform.db, actor, params['team'] ?? '')
    if (!found) throw notFound('team')
    return found
  },
}
