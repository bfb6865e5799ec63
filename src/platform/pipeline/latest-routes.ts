import { listApps } from '#/platform/app/app-store.ts'
import { presentStackName } from '#/platform/app/app-schema.ts'
import type { App } from '#/platform/app/app.ts'
import { show as showBuild } from '#/platform/build/build-routes.ts'
import { findNewestBuild } from '#/platform/build/build-store.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import { presentReleases } from '#/platform/release/release-routes.ts'
import { findNewestDeployment, findNewestRelease } from '#/platform/release/release-store.ts'
import { route } from '#/platform/route.ts'
import { listCouplings } from './coupling-store.ts'
import { onPipeline } from './pipeline-access.ts'

/** What is newest on each app of a pipeline that the caller may see, in the order of its stages. */
export const latestRoutes = [
  ...(
    [
      ['/pipelines/:pipeline/latest-releases', findNewestRelease],
      ['/pipelines/:pipeline/latest-deployments', findNewestDeployment],
    ] as const
  ).map(([path, findNewest]) =>
    route({
      method: 'GET',
      path,
      access: onPipeline('view'),
      handle: async ({ platform, actor, target }) =>
        ofEachApp(platform, actor, target.id, async (app) => {
          const release = await findNewest(platform.db, actor, app.id)
          return release ? presentReleases(platform, actor, app, [release]) : []
        }),
    }),
  ),
  route({
    method: 'GET',
    path: '/pipelines/:pipeline/latest-builds',
    access: onPipeline('view'),
    handle: async ({ platform, actor, target }) =>
      ofEachApp(platform, actor, target.id, async (app) => {
        const build = await findNewestBuild(platform.db, actor, app.id)
        return build ? [showBuild(platform, actor, app, build)] : []
      }),
  }),
  route({
    method: 'GET',
    path: '/pipelines/:pipeline/pipeline-stack',
    access: onPipeline('view'),
    handle: async ({ platform, actor, target }) => {
      const last = (await appsOf(platform, actor, target.id)).at(-1)
      return { stack: last ? presentStackName(last.buildStack) : null }
    },
  }),
]

const appsOf = async ({ db }: Platform, actor: Actor, pipelineId: string): Promise<App[]> => {
  const couplings = await listCouplings(db, actor, { pipelineId })
  const apps = await listApps(db, actor, { ids: couplings.map(({ appId }) => appId) })
  const byId = new Map(apps.map((app) => [app.id, app]))
  return couplings.flatMap(({ appId }) => byId.get(appId) ?? [])
}

const ofEachApp = async <Shown>(
  platform: Platform,
  actor: Actor,
  pipelineId: string,
  read: (app: App) => Promise<Shown[]>,
): Promise<Shown[]> => {
  const shown: Shown[] = []
  for (const app of await appsOf(platform, actor, pipelineId)) shown.push(...(await read(app)))
  return shown
}
