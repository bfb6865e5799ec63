import { notFound } from '#/foundation/errors.ts'
import { onApp } from '#/platform/app/app-access.ts'
import { gitUrl } from '#/platform/app/app-schema.ts'
import type { App } from '#/platform/app/app.ts'
import { referenceOf } from '#/platform/app/reference.ts'
import { onStreamOf } from '#/platform/app/stream-access.ts'
import { capabilityUrl } from '#/platform/capability.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import { route, sendPage, type Lookup } from '#/platform/route.ts'
import { streamText } from '#/platform/stream-text.ts'
import { buildRange, pageOfBuilds } from './build-range.ts'
import { CopyBuild, CreateBuild, DeployBranch, presentBuild, tarballOf } from './build-schema.ts'
import { findBuild, getBuild, listBuilds } from './build-store.ts'
import type { Build } from './build.ts'
import { cancelBuild } from './cancel-build.ts'
import { copyBuild } from './copy-build.ts'
import { createTarballBuild } from './create-build.ts'
import { deployBranch } from './deploy-branch.ts'
import { dropBuildCache } from './drop-build-cache.ts'
import { followBuild } from './follow-build.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'

const OUTPUT_LIFETIME_MS = 24 * 3_600_000

export const show = (platform: Platform, actor: Actor, app: App, build: Build) =>
  presentBuild(build, {
    app: { id: app.id, gitUrl: gitUrl(app, platform.settings) },
    outputUrl: capabilityUrl(platform, `/streams/builds/${build.id}`, OUTPUT_LIFETIME_MS, actor),
  })

const appOfBuild = async ({ platform, actor, params }: Lookup): Promise<string> => {
  const build = await findBuild(platform.db, actor, params['build'] ?? '')
  if (!build) throw notFound('build')
  return build.appId
}

export const buildRoutes = [
  route({
    method: 'POST',
    scope: 'deploy',
    path: '/apps/:app/builds',
    access: onApp(...NEEDED.code),
    body: CreateBuild,
    handle: async ({ platform, actor, target: app, body }) =>
      show(platform, actor, app, await createTarballBuild(platform, actor, app, tarballOf(body))),
  }),
  route({
    method: 'POST',
    scope: 'deploy',
    path: '/apps/:app/builds/actions/copy',
    access: onApp(...NEEDED.code),
    body: CopyBuild,
    handle: async ({ platform, actor, target: app, body: { from } }) =>
      show(platform, actor, app, await copyBuild(platform, actor, app, referenceOf(from.app))),
  }),
  route({
    method: 'POST',
    scope: 'deploy',
    path: '/apps/:app/builds/actions/deploy-branch',
    access: onApp(...NEEDED.code),
    body: DeployBranch,
    handle: async ({ platform, actor, target: app, body }) =>
      show(platform, actor, app, await deployBranch(platform, actor, app, body.branch)),
  }),
  route({
    method: 'GET',
    path: '/apps/:app/builds',
    access: onApp(...NEEDED.look),
    handle: async ({ platform, actor, target: app, request, reply }) => {
      const range = buildRange(request.headers.range)
      const found = await listBuilds(platform.db, actor, app.id, range)
      return sendPage(reply, pageOfBuilds(found, range), (build) =>
        show(platform, actor, app, build),
      )
    },
  }),
  route({
    method: 'GET',
    path: '/apps/:app/builds/:build',
    access: onApp(...NEEDED.look),
    handle: async ({ platform, actor, target: app, params }) =>
      show(platform, actor, app, await getBuild(platform.db, actor, app.id, params.build)),
  }),
  route({
    method: 'DELETE',
    scope: 'deploy',
    path: '/apps/:app/builds/:build',
    access: onApp(...NEEDED.code),
    handle: async ({ platform, actor, target: app, params }) =>
      show(platform, actor, app, await cancelBuild(platform, actor, app, params.build)),
  }),
  route({
    method: 'DELETE',
    path: '/apps/:app/build-cache',
    access: onApp(...NEEDED.code),
    handle: async ({ platform, actor, target: app }) => {
      await dropBuildCache(platform, actor, app)
      return {}
    },
  }),
  route({
    method: 'GET',
    path: '/streams/builds/:build',
    access: onStreamOf(appOfBuild, ...NEEDED.look),
    handle: async (call) => {
      const { platform, params, target } = call
      return streamText(call, (signal) => followBuild(platform, params.build, signal), target.until)
    },
  }),
]
