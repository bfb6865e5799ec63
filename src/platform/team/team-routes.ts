import { account, route } from '#/platform/route.ts'
import { createTeam } from './create-team.ts'
import { onTeam } from './team-access.ts'
import { CreateTeam, presentPermissions, presentTeam, presentTeamMember } from './team-schema.ts'
import { listTeamMembers, listTeams } from './team-store.ts'

export const teamRoutes = [
  route({
    method: 'GET',
    reach: 'account',
    path: '/teams',
    access: account,
    handle: async ({ platform, actor }) => (await listTeams(platform.db, actor)).map(presentTeam),
  }),
  route({
    method: 'POST',
    scope: 'global',
    path: '/teams',
    access: account,
    body: CreateTeam,
    handle: async ({ platform, actor, body }) =>
      presentTeam(await createTeam(platform, actor, body.name)),
  }),
  route({
    method: 'GET',
    reach: 'account',
    path: '/teams/permissions',
    access: account,
    handle: async () => presentPermissions(),
  }),
  route({
    method: 'GET',
    path: '/teams/:team',
    access: onTeam,
    handle: async ({ target }) => presentTeam(target),
  }),
  route({
    method: 'GET',
    path: '/teams/:team/members',
    access: onTeam,
    handle: async ({ platform, actor, target }) =>
      (await listTeamMembers(platform.db, actor, target.id)).map(presentTeamMember),
  }),
  // None of Heroku's team features is here; a client looks for one to learn whether it is.
  route({
    method: 'GET',
    path: '/teams/:team/features',
    access: onTeam,
    handle: async () => [],
  }),
]
