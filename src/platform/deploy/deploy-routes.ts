import { Type } from 'typebox'
import { invalidParams, notFound } from '#/foundation/errors.ts'
import { getApp } from '#/platform/app/app-store.ts'
import { onApp } from '#/platform/app/app-access.ts'
import { onStreamOf } from '#/platform/app/stream-access.ts'
import { presentReleases } from '#/platform/release/release-routes.ts'
import { getRelease, getReleaseById } from '#/platform/release/release-store.ts'
import { route, type Lookup } from '#/platform/route.ts'
import { streamText } from '#/platform/stream-text.ts'
import { changeOverlap } from './change-overlap.ts'
import { mayOverlap } from './overlap-store.ts'
import { presentDeploy } from './deploy-schema.ts'
import { findDeployOfRelease } from './deploy-store.ts'
import { followReleaseOutput, hasReleaseCommand } from './release-output.ts'
import { releaseSlug } from './release-slug.ts'
import { restartApp, stopDynos } from './restart-app.ts'
import { rollBack } from './roll-back.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'

const CreateRelease = Type.Object({
  /** An earlier release to go back to. */
  release: Type.Optional(Type.String()),
  slug: Type.Optional(Type.String()),
  /** Ours: of the release to go back to only this. */
  only: Type.Optional(Type.Union([Type.Literal('code'), Type.Literal('config')])),
  description: Type.Optional(Type.String({ maxLength: 1000 })),
})

const ACCEPTED = 202

const appOfRelease = async ({ platform, actor, params }: Lookup): Promise<string> =>
  (await getReleaseById(platform.db, actor, params['release'] ?? '')).appId

const DeploySettings = Type.Object({ overlap: Type.Boolean() })

export const deployRoutes = [
  route({
    method: 'GET',
    path: '/apps/:app/deploy-settings',
    access: onApp(...NEEDED.look),
    handle: async ({ platform, actor, target: app }) => ({
      overlap: await mayOverlap(platform.db, actor, app.id),
    }),
  }),
  route({
    method: 'PATCH',
    path: '/apps/:app/deploy-settings',
    access: onApp(...NEEDED.features),
    body: DeploySettings,
    handle: async ({ platform, actor, target: app, body }) => ({
      overlap: await changeOverlap(platform, actor, app, body.overlap),
    }),
  }),
  route({
    method: 'POST',
    scope: 'deploy',
    path: '/apps/:app/releases',
    access: onApp(...NEEDED.rollback),
    body: CreateRelease,
    handle: async ({ platform, actor, target: app, body }) => {
      if ((body.release === undefined) === (body.slug === undefined))
        throw invalidParams('Give either a release to roll back to or a slug to release.')
      if (body.slug !== undefined && body.only !== undefined)
        throw invalidParams('only goes with a release to roll back to, not with a slug.')
      if (body.slug !== undefined) await getApp(platform.db, actor, app.id, NEEDED.code)
      const release =
        body.release !== undefined
          ? await rollBack(platform, actor, { app, ref: body.release, only: body.only })
          : await releaseSlug(platform, actor, {
              app,
              slugId: body.slug ?? '',
              description: body.description,
            })
      const [presented] = await presentReleases(platform, actor, app, [release])
      return presented
    },
  }),
  route({
    method: 'GET',
    path: '/apps/:app/releases/:release/deploy',
    access: onApp(...NEEDED.look),
    handle: async ({ platform, actor, target: app, params }) => {
      const release = await getRelease(platform.db, actor, app.id, params.release)
      const deploy = await findDeployOfRelease(platform.db, actor, release.id)
      if (!deploy) throw notFound('deploy')
      return presentDeploy(deploy)
    },
  }),
  route({
    method: 'GET',
    path: '/streams/releases/:release',
    access: onStreamOf(appOfRelease, ...NEEDED.look),
    handle: async (call) => {
      const { platform, actor, params, target } = call
      const release = await getReleaseById(platform.db, actor, params.release)
      if (!(await hasReleaseCommand(platform, release))) throw notFound('stream')
      return streamText(
        call,
        (signal) => followReleaseOutput(platform, release.id, signal),
        target.until,
      )
    },
  }),
  route({
    method: 'DELETE',
    path: '/apps/:app/dynos',
    access: onApp(...NEEDED.restart),
    status: ACCEPTED,
    handle: async ({ platform, actor, target: app }) => {
      await restartApp(platform, actor, app, undefined)
      return {}
    },
  }),
  ...['/apps/:app/dynos/:dyno' as const, '/apps/:app/formations/:dyno' as const].map((path) =>
    route({
      method: 'DELETE',
      path,
      access: onApp(...NEEDED.restart),
      status: ACCEPTED,
      handle: async ({ platform, actor, target: app, params }) => {
        await restartApp(platform, actor, app, params.dyno)
        return {}
      },
    }),
  ),
  ...[
    '/apps/:app/dynos/:dyno/actions/stop' as const,
    '/apps/:app/formations/:dyno/actions/stop' as const,
  ].map((path) =>
    route({
      method: 'POST',
      path,
      access: onApp(...NEEDED.restart),
      status: ACCEPTED,
      handle: async ({ platform, actor, target: app, params }) => {
        await stopDynos(platform, actor, app, params.dyno)
        return {}
      },
    }),
  ),
]
