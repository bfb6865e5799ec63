import { route } from '#/platform/route.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'
import { onApp } from './app-access.ts'
import {
  addCollaborator,
  changeCollaborator,
  getCollaborator,
  removeCollaborator,
} from './change-access.ts'
import { AddCollaborator, presentCollaborator, UpdateCollaborator } from './collaborator-schema.ts'
import { listCollaborators } from './collaborator-store.ts'

const ALL = ['/apps/:app/collaborators', '/teams/apps/:app/collaborators'] as const
const ONE = [
  '/apps/:app/collaborators/:collaborator',
  '/teams/apps/:app/collaborators/:collaborator',
] as const

/** Heroku has each under two paths. To add oneself and to take oneself out it is enough to see the app. */
export const collaboratorRoutes = [
  ...ALL.map((path) =>
    route({
      method: 'GET',
      path,
      access: onApp(...NEEDED.look),
      handle: async ({ platform, actor, target: app }) =>
        (await listCollaborators(platform.db, actor, app)).map((one) =>
          presentCollaborator(one, { app, actor }),
        ),
    }),
  ),
  ...ALL.map((path) =>
    route({
      method: 'POST',
      path,
      access: onApp(...NEEDED.join),
      body: AddCollaborator,
      handle: async ({ platform, actor, target, body: { user, permissions } }) => {
        const asked = { user, permissions }
        const { app, collaborator } = await addCollaborator(platform, actor, target, asked)
        return presentCollaborator(collaborator, { app, actor })
      },
    }),
  ),
  ...ONE.map((path) =>
    route({
      method: 'GET',
      path,
      access: onApp(...NEEDED.look),
      handle: async ({ platform, actor, target: app, params }) =>
        presentCollaborator(await getCollaborator(platform.db, actor, app, params.collaborator), {
          app,
          actor,
        }),
    }),
  ),
  ...ONE.map((path) =>
    route({
      method: 'PATCH',
      path,
      access: onApp(...NEEDED.collaborators),
      body: UpdateCollaborator,
      handle: async ({ platform, actor, target, params, body: { permissions } }) => {
        const change = { ref: params.collaborator, permissions }
        const { app, collaborator } = await changeCollaborator(platform, actor, target, change)
        return presentCollaborator(collaborator, { app, actor })
      },
    }),
  ),
  ...ONE.map((path) =>
    route({
      method: 'DELETE',
      path,
      access: onApp(...NEEDED.join),
      handle: async ({ platform, actor, target, params }) => {
        const { app, collaborator } = await removeCollaborator(
          platform,
          actor,
          target,
          params.collaborator,
        )
        return presentCollaborator(collaborator, { app, actor })
      },
    }),
  ),
]
