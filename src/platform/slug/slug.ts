/** A build's result: an immutable artifact, named by its digest, and how its processes start. */
export type Slug = {
  id: string
  appId: string
  /** `sha256:…` */
  digest: string
  processTypes: Record<string, string>
  stack: string
  commit: string | null
  commitDescription: string | null
  buildpacks: { name: string; url: string; version?: string }[]
  buildpackProvidedDescription: string | null
  /** Bytes. */
  size: number
  /** Since when its files are no longer kept. */
  removedAt: Date | null
  createdAt: Date
  updatedAt: Date
}

export const shortCommit = (slug: Pick<Slug, 'commit'>): string => slug.commit?.slice(0, 8) ?? ''
