import { onApp } from '#/platform/app/app-access.ts'
import { route } from '#/platform/route.ts'
import { presentBuildpackInstallation, ReplaceBuildpacks } from './buildpack-schema.ts'
import { listBuildpacks } from './buildpack-store.ts'
import { replaceBuildpacks } from './replace-buildpacks.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'

export const buildpackRoutes = [
  route({
    method: 'GET',
    path: '/apps/:app/buildpack-installations',
    access: onApp(...NEEDED.look),
    handle: async ({ platform, actor, target: app }) =>
      (await listBuildpacks(platform.db, actor, app.id)).map(presentBuildpackInstallation),
  }),
  route({
    method: 'PUT',
    path: '/apps/:app/buildpack-installations',
    access: onApp(...NEEDED.code),
    body: ReplaceBuildpacks,
    handle: async ({ platform, actor, target: app, body }) =>
      (await replaceBuildpacks(platform, actor, app, body.updates)).map(
        presentBuildpackInstallation,
      ),
  }),
]
