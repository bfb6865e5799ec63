import { createReadStream } from 'node:fs'
import { invalidParams, notFound } from '#/foundation/errors.ts'
import { withCapability } from '#/platform/capability.ts'
import { account, route } from '#/platform/route.ts'
import { onApp } from '#/platform/app/app-access.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import { receiveSource, sizeOfFile, sourcePath } from './source-file.ts'
import { findSource, insertSource, markUploaded } from './source-store.ts'
import { sourceUrls } from './source-url.ts'
import { SOURCE_LIFETIME_MS } from './source.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'

const createSource = async (platform: Platform, actor: Actor) => {
  if (actor.accountId === null) throw invalidParams('Only an account may upload a source.')
  const expiresAt = new Date(Date.now() + SOURCE_LIFETIME_MS)
  const source = await insertSource(platform.db, { accountId: actor.accountId, expiresAt })
  return { source_blob: sourceUrls(platform, source) }
}

export const sourceRoutes = [
  route({
    method: 'POST',
    path: '/sources',
    access: account,
    handle: ({ platform, actor }) => createSource(platform, actor),
  }),
  route({
    method: 'POST',
    path: '/apps/:app/sources',
    access: onApp(...NEEDED.code),
    handle: ({ platform, actor }) => createSource(platform, actor),
  }),
  route({
    method: 'PUT',
    path: '/source-blobs/:source/upload',
    access: withCapability,
    rawBody: true,
    handle: async ({ platform, actor, params, request }) => {
      const source = await findSource(platform.db, actor, params.source)
      if (!source) throw notFound('source')
      const announced = request.headers['content-length']
      const received = await receiveSource(
        platform.paths,
        source.id,
        request.raw,
        announced === undefined ? undefined : Number(announced),
      )
      await markUploaded(platform.db, actor, source.id, received)
      return {}
    },
  }),
  route({
    method: 'GET',
    path: '/source-blobs/:source',
    access: withCapability,
    handle: async ({ platform, actor, params, reply }) => {
      const source = await findSource(platform.db, actor, params.source)
      if (!source || source.sha256 === null) throw notFound('source')
      const path = sourcePath(platform.paths, { id: source.id, sha256: source.sha256 })
      const size = await sizeOfFile(path)
      if (size === undefined) throw notFound('source')
      void reply.type('application/gzip').header('content-length', size)
      return createReadStream(path)
    },
  }),
]
