import { presentStackName } from '#/platform/app/app-schema.ts'
import type { SlugUpload } from './slug-upload.ts'
import type { Slug } from './slug.ts'

/** Heroku's slug. @param blobUrl where its files are fetched; null for whoever may not read the code */
export const presentSlug = (slug: Slug, { blobUrl }: { blobUrl: string | null }) => ({
  id: slug.id,
  blob: { method: 'get', url: blobUrl ?? '' },
  buildpack_provided_description: slug.buildpackProvidedDescription,
  /** Of what is in it, whoever packed it: the same in every app that runs it. */
  checksum: slug.digest.replace(/^sha256:/, 'SHA256:'),
  commit: slug.commit,
  commit_description: slug.commitDescription,
  created_at: slug.createdAt,
  deleted_at: slug.removedAt,
  process_types: slug.processTypes,
  size: slug.size,
  stack: presentStackName(slug.stack),
  updated_at: slug.updatedAt,
})

/** Heroku's slug before its files are there. @param blobUrl where they are sent; null for whoever may not send them */
export const presentSlugUpload = (upload: SlugUpload, { blobUrl }: { blobUrl: string | null }) => ({
  id: upload.id,
  blob: { method: 'put', url: blobUrl ?? '' },
  buildpack_provided_description: upload.buildpackProvidedDescription,
  checksum: upload.checksum && `SHA256:${upload.checksum}`,
  commit: upload.commit,
  commit_description: upload.commitDescription,
  created_at: upload.createdAt,
  deleted_at: null,
  process_types: upload.processTypes,
  size: null,
  stack: presentStackName(upload.stack),
  updated_at: upload.createdAt,
})
