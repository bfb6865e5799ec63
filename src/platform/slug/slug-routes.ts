import { notFound } from '#/foundation/errors.ts'
import { onApp } from '#/platform/app/app-access.ts'
import { mayOn } from '#/platform/app/app-store.ts'
import { capabilityUrl, withCapability } from '#/platform/capability.ts'
import { route } from '#/platform/route.ts'
import { presentSlug, presentSlugUpload } from './slug-schema.ts'
import { findSlug, getSlugOfApp } from './slug-store.ts'
import { findSlugUpload } from './slug-upload-store.ts'
import { UPLOAD_LIFETIME_MS, uploadPath } from './slug-upload.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'

const BLOB_LIFETIME_MS = 3_600_000

export const slugRoutes = [
  route({
    method: 'GET',
    path: '/apps/:app/slugs/:slug',
    access: onApp(...NEEDED.look),
    handle: async ({ platform, actor, target: app, params }) => {
      const mayRead = await mayOn(platform.db, actor, app.id, NEEDED.code)
      const upload = await findSlugUpload(platform.db, actor, params.slug)
      if (upload?.appId === app.id)
        return presentSlugUpload(upload, {
          blobUrl: mayRead ? capabilityUrl(platform, uploadPath(upload), UPLOAD_LIFETIME_MS) : null,
        })
      const slug = await getSlugOfApp(platform.db, actor, app.id, params.slug)
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
