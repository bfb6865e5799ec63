import { invalidParams, notFound } from '#/foundation/errors.ts'
import { account, route } from '#/platform/route.ts'
import { changePreferences, destroyTeam, renameTeam } from './change-team.ts'
import { createTeam } from './create-team.ts'
import { presentFeatures } from './team-feature-schema.ts'
import { inTeam, onTeam } from './team-access.ts'
import {
  CreateTeam,
  permissionsOf,
  presentPermissions,
  presentPreferences,
  presentTeam,
  UpdatePreferences,
  UpdateTeam,
} from './team-schema.ts'
import { getTeam, listTeams } from './team-store.ts'

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
    method: 'PATCH',
    scope: 'global',
    path: '/teams/:team',
    access: inTeam('run'),
    body: UpdateTeam,
    handle: async ({ platform, actor, target, body: { name } }) => {
      if (name !== undefined) await renameTeam(platform, actor, target, name)
      return presentTeam({ ...(await getTeam(platform.db, target.id)), role: target.role })
    },
  }),
  route({
    method: 'DELETE',
    scope: 'global',
    path: '/teams/:team',
    access: inTeam('own'),
    handle: async ({ platform, actor, target }) => {
      await destroyTeam(platform, actor, target)
      return presentTeam(target)
    },
  }),
  route({
    method: 'GET',
    path: '/teams/:team/preferences',
    access: inTeam('people'),
    handle: async ({ target }) => presentPreferences(target),
  }),
  route({
    method: 'PATCH',
    scope: 'global',
    path: '/teams/:team/preferences',
    access: inTeam('run'),
    body: UpdatePreferences,
    handle: async ({ platform, actor, target, body }) => {
      const { member_permissions: permissions, auto_join: autoJoin } = body
      if (body['addons-controls']) throw invalidParams('There are no add-on controls here.')
      return presentPreferences(
        await changePreferences(platform, actor, target, {
          ...(permissions === undefined ? {} : { memberPermissions: permissionsOf(permissions) }),
          ...(autoJoin === undefined ? {} : { ephemeralAutoJoin: autoJoin }),
        }),
      )
    },
  }),
  route({
    method: 'GET',
    path: '/teams/:team/features',
    access: onTeam,
    handle: async ({ target }) => presentFeatures(target),
  }),
  route({
    method: 'GET',
    path: '/teams/:team/features/:feature',
    access: onTeam,
    handle: async ({ target, params: { feature } }) => {
      const found = presentFeatures(target).find(({ id, name }) => [id, name].includes(feature))
      if (!found) throw notFound('team_feature')
      return found
    },
  }),
]
