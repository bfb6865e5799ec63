import type { PathRule } from './path-rule.ts'

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
  /** Of its app.json. */
  pathRules: PathRule[] | null
  /** Of its app.json: a GET of it must succeed before a web dyno takes requests. */
  healthPath: string | null
  /** Config vars whose values at its build are in its files, hashed with the data key of the app. */
  bakedIn: BakedIn | null
  /** Since when its files are no longer kept. */
  removedAt: Date | null
  createdAt: Date
  updatedAt: Date
}

/** By config var. `files` are the first of `count`. */
export type BakedIn = Record<string, { hash: string; files: string[]; count: number }>

export const shortCommit = (slug: Pick<Slug, 'commit'>): string => slug.commit?.slice(0, 8) ?? ''
