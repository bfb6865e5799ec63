import type { Slug } from './slug.ts'

/** A slug of a client's own whose files are still to come. */
export type SlugUpload = Pick<
  Slug,
  | 'id'
  | 'appId'
  | 'processTypes'
  | 'stack'
  | 'commit'
  | 'commitDescription'
  | 'buildpackProvidedDescription'
  | 'createdAt'
> & {
  /** SHA-256 in hex that its tarball is to have, if the client said. */
  checksum: string | null
  expiresAt: Date
}

/** How long its URL can be used. */
export const UPLOAD_LIFETIME_MS = 3_600_000

export const uploadPath = ({ id }: Pick<SlugUpload, 'id'>): string => `/slug-blobs/${id}/upload`
