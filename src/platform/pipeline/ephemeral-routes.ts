import { pageOfAll, parseRange } from '#/foundation/range.ts'
import { referenceOf } from '#/platform/app/reference.ts'
import { account, route, sendPage } from '#/platform/route.ts'
import { onTeam } from '#/platform/team/team-access.ts'
import { permissionsOf } from '#/platform/team/team-schema.ts'
import {
  addEphemeralCollaborator,
  changeEphemeralCollaborator,
  removeEphemeralCollaborator,
} from './change-ephemeral-collaborators.ts'
import {
  CreateEphemeralCollaborator,
  presentEphemeralCollaborator,
  presentTeamEphemeralApps,
  UpdateEphemeralCollaborator,
  UpdateTeamEphemeralApps,
  userOf,
} from './ephemeral-schema.ts'
import { findTeamEphemeralPermissions, listEphemeralCollaborators } from './ephemeral-store.ts'
import { fixTeamPermissions } from './fix-team-permissions.ts'
import { onEphemeralCollaborator, onPipeline, onTeamAsAdmin } from './pipeline-access.ts'
import { CHANGE_PIPELINE } from './pipeline.ts'

export const ephemeralRoutes = [
  route({
    method: 'GET',
    path: '/pipelines/:pipeline/ephemeral-app-collaborators',
    access: onPipeline(CHANGE_PIPELINE),
    handle: async ({ platform, target, request, reply }) => {
      const found = await listEphemeralCollaborators(platform.db, target.id)
      const page = pageOfAll(found, parseRange(request.headers.range, ['id']), ({ id }) => id)
      return sendPage(reply, page, presentEphemeralCollaborator)
    },
  }),
  route({
    method: 'POST',
    scope: 'global',
    path: '/ephemeral-app-collaborators',
    access: account,
    body: CreateEphemeralCollaborator,
    handle: async ({ platform, actor, body: { pipeline, user, permissions } }) =>
      presentEphemeralCollaborator(
        await addEphemeralCollaborator(platform, actor, {
          pipeline: referenceOf(pipeline),
          user: userOf(user),
          permissions: permissionsOf(permissions),
        }),
      ),
  }),
  route({
    method: 'GET',
    scope: 'global',
    path: '/ephemeral-app-collaborators/:collaborator',
    access: onEphemeralCollaborator,
    handle: async ({ target }) => presentEphemeralCollaborator(target),
  }),
  route({
    method: 'PATCH',
    scope: 'global',
    path: '/ephemeral-app-collaborators/:collaborator',
    access: onEphemeralCollaborator,
    body: UpdateEphemeralCollaborator,
    handle: async ({ platform, actor, target, body }) =>
      presentEphemeralCollaborator(
        await changeEphemeralCollaborator(platform, actor, target, permissionsOf(body.permissions)),
      ),
  }),
  route({
    method: 'DELETE',
    scope: 'global',
    path: '/ephemeral-app-collaborators/:collaborator',
    access: onEphemeralCollaborator,
    handle: async ({ platform, actor, target }) =>
      presentEphemeralCollaborator(await removeEphemeralCollaborator(platform, actor, target)),
  }),
  route({
    method: 'GET',
    path: '/teams/:team/ephemeral-apps',
    access: onTeam,
    handle: async ({ platform, actor, target }) =>
      presentTeamEphemeralApps(await findTeamEphemeralPermissions(platform.db, actor, target.id)),
  }),
  route({
    method: 'PATCH',
    scope: 'global',
    path: '/teams/:team/ephemeral-apps',
    access: onTeamAsAdmin,
    body: UpdateTeamEphemeralApps,
    handle: async ({ platform, actor, target, body: { static_permissions: names } }) => {
      const permissions = names && permissionsOf(names)
      await fixTeamPermissions(platform, actor, target, permissions)
      return presentTeamEphemeralApps(permissions)
    },
  }),
]
