import { parseRange, pageOf } from '#/foundation/range.ts'
import type { App } from '#/platform/app/app.ts'
import { onApp } from '#/platform/app/app-access.ts'
import { capabilityUrl } from '#/platform/capability.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import { route } from '#/platform/route.ts'
import { presentRelease } from './release-schema.ts'
import { getRelease, listReleases, listReleasesWithReleasePhase } from './release-store.ts'
import type { Release } from './release.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'

const OUTPUT_LIFETIME_MS = 24 * 3_600_000

export const releaseRoutes = [
  route({
    method: 'GET',
    path: '/apps/:app/releases',
    access: onApp(...NEEDED.look),
    handle: async ({ platform, actor, target: app, request, reply }) => {
      const range = parseRange(request.headers.range, ['version', 'id'])
      const found = await listReleases(platform.db, actor, app.id, {
        ...range,
        property: 'version',
      })
      const page = pageOf(found, { ...range, property: 'version' }, ({ version }) =>
        String(version),
      )
      void reply.code(page.status).headers(page.headers)
      return presentReleases(platform, actor, app, page.rows)
    },
  }),
  route({
    method: 'GET',
    path: '/apps/:app/releases/:release',
    access: onApp(...NEEDED.look),
    handle: async ({ platform, actor, target: app, params }) => {
      const release = await getRelease(platform.db, actor, app.id, params.release)
      const [presented] = await presentReleases(platform, actor, app, [release])
      return presented
    },
  }),
]

/** Heroku's releases, with the URL of the release phase's output for those that have one. */
export const presentReleases = async (
  platform: Platform,
  actor: Actor,
  app: Pick<App, 'id' | 'name'>,
  releases: Release[],
) => {
  const withPhase = await listReleasesWithReleasePhase(
    platform.db,
    releases.map(({ id }) => id),
  )
  return releases.map((release) =>
    presentRelease(release, {
      app,
      outputUrl: withPhase.has(release.id) ? releaseOutputUrl(platform, actor, release) : null,
    }),
  )
}

const releaseOutputUrl = (
  platform: Pick<Platform, 'keyring' | 'settings'>,
  actor: Actor,
  release: Pick<Release, 'id'>,
): string => capabilityUrl(platform, `/streams/releases/${release.id}`, OUTPUT_LIFETIME_MS, actor)
