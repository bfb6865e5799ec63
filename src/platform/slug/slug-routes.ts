import { notFound } from '#/foundation/errors.ts'
import { onApp } from '#/platform/app/app-access.ts'
import { mayOn } from '#/platform/app/app-store.ts'
import { capabilityUrl, withCapability } from '#/platform/capability.ts'
import { route } from '#/platform/route.ts'
import { presentSlug } from './slug-schema.ts'
import { findSlug, getSlugOfApp } from './slug-store.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'

const BLOB_LIFETIME_MS = 3_600_000

export const slugRoutes = [
  route({
    method: 'GET',
    path: '/apps/:app/slugs/:slug',
    access: onApp(...NEEDED.look),
    handle: async ({ platform, actor, target: app, params }) => {
      const slug = await getSlugOfApp(platform.db, actor, app.id, params.slug)
      const mayRead = await mayOn(platform.db, actor, app.id, NEEDED.code)
      const path = `/slug-blobs/${slug.id}`
      return presentSlug(slug, {
        blobUrl: mayRead ? capabilityUrl(platform, path, BLOB_LIFETIME_MS) : null,
      })
    },
  }),
  route({
    method: 'GET',
    path: '/slug-blobs/:slug',
    access: withCapability,
    handle: async ({ platform, actor, params, reply }) => {
      const slug = await findSlug(platform.db, actor, params.slug)
      if (!slug || !(await platform.store.has(slug.digest))) throw notFound('slug')
      void reply.type('application/gzip')
      return platform.store.openTar(slug.digest)
    },
  }),
]
