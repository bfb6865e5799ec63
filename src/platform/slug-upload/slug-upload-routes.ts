import { notFound } from '#/foundation/errors.ts'
import { onApp } from '#/platform/app/app-access.ts'
import { capabilityUrl, withCapability } from '#/platform/capability.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'
import { route } from '#/platform/route.ts'
import { presentSlugUpload } from '#/platform/slug/slug-schema.ts'
import { findSlugUpload } from '#/platform/slug/slug-upload-store.ts'
import { UPLOAD_LIFETIME_MS, uploadPath } from '#/platform/slug/slug-upload.ts'
import { createSlugUpload } from './create-slug-upload.ts'
import { receiveSlug } from './receive-slug.ts'
import { CreateSlug, uploadOf } from './slug-upload-schema.ts'

export const slugUploadRoutes = [
  route({
    method: 'POST',
    path: '/apps/:app/slugs',
    access: onApp(...NEEDED.code),
    body: CreateSlug,
    handle: async ({ platform, actor, target: app, body }) => {
      const upload = await createSlugUpload(platform, actor, app, uploadOf(app, body))
      return presentSlugUpload(upload, {
        blobUrl: capabilityUrl(platform, uploadPath(upload), UPLOAD_LIFETIME_MS),
      })
    },
  }),
  route({
    method: 'PUT',
    path: '/slug-blobs/:slug/upload',
    access: withCapability,
    rawBody: true,
    handle: async ({ platform, actor, params, request, reply }) => {
      const upload = await findSlugUpload(platform.db, actor, params.slug)
      if (!upload) throw notFound('slug', 'This slug waits for no files.')
      const gone = new AbortController()
      reply.raw.once('close', () => gone.abort())
      const announced = request.headers['content-length']
      await receiveSlug(platform, actor, upload, {
        stream: request.raw,
        announced: announced === undefined ? undefined : Number(announced),
        signal: gone.signal,
      })
      return {}
    },
  }),
]
