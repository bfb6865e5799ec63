import type { CommitDifference } from '#/platform/build/commit-log.ts'
import type { App } from '#/platform/app/app.ts'
import type { Stage } from '#/platform/pipeline/pipeline.ts'
import { RELEASE_PHASE, type Release } from '#/platform/release/release.ts'
import type { Slug } from '#/platform/slug/slug.ts'

/** What an app is now. */
export type AppState = {
  app: Pick<App, 'id' | 'name'>
  stage: Pick<Stage, 'id' | 'name' | 'kind'>
  release: Release | null
  /** A newer release, still on its way. */
  pendingRelease: Release | null
  slug: Slug | null
  /** Null if the caller may not see config vars here. */
  config: Record<string, string> | null
  /** Services of the add-ons it has attached. */
  services: string[]
  /** How many dynos of a type are wanted, and of what size. */
  formation: Record<string, { quantity: number; size: string }>
  /** What its next build would be made with; none: detected. */
  buildpacks: string[]
  /** The stack of its next build. */
  stack: string
  /** Those that people have added. */
  domains: string[]
}

/** What a promotion would change on one target. */
export type Differences = {
  target: AppState
  /** The target runs this very artifact already. */
  isSameDigest: boolean
  code: CommitDifference | null
  config: ConfigDifference | null
  services: SetDifference
  processTypes: { added: string[]; removed: string[] }
}

/** Keys only: no value of a config var ever leaves in a plan. */
export type ConfigDifference = {
  /** The source has them, the target has not. */
  missing: string[]
  extra: string[]
  /** Both have them, with the same value. */
  same: string[]
  different: string[]
}

type SetDifference = Pick<ConfigDifference, 'missing' | 'extra'>

export const differencesOf = (
  source: AppState,
  target: AppState,
  code: CommitDifference | null,
): Differences => ({
  target,
  isSameDigest: source.slug !== null && source.slug.digest === target.slug?.digest,
  code,
  config: source.config && target.config && compareConfig(source.config, target.config),
  services: {
    missing: lacking(source.services, target.services),
    extra: lacking(target.services, source.services),
  },
  processTypes: {
    added: lacking(typesOf(source), typesOf(target)),
    removed: lacking(typesOf(target), typesOf(source)),
  },
})

export const compareConfig = (
  source: Record<string, string>,
  target: Record<string, string>,
): ConfigDifference => {
  const both = Object.keys(source).filter((key) => Object.hasOwn(target, key))
  return {
    missing: lacking(Object.keys(source), both).sort(),
    extra: lacking(Object.keys(target), both).sort(),
    same: both.filter((key) => source[key] === target[key]).sort(),
    different: both.filter((key) => source[key] !== target[key]).sort(),
  }
}

/** Runs on each target before it takes requests; null if there is none. */
export const releaseCommandOf = ({ slug }: AppState): string | null =>
  slug?.processTypes[RELEASE_PHASE] ?? null

const typesOf = ({ slug }: AppState): string[] =>
  Object.keys(slug?.processTypes ?? {})
    .filter((type) => type !== RELEASE_PHASE)
    .sort()

const lacking = (all: string[], some: string[]): string[] => {
  const known = new Set(some)
  return all.filter((one) => !known.has(one))
}
