import type { Actor } from '#/platform/event/actor.ts'

export type BuildStatus = 'pending' | 'succeeded' | 'failed'

/**
 * Something that takes its time. `source` and `build` are saved with what came of them, so that whoever goes on after a
 * crash begins behind them; what `build` consists of (`detect`, `compile`, `inspect`, `compress`) is noted for people only.
 */
export type BuildStep = {
  name: string
  /** What is compiled by, as it calls the app. */
  buildpack?: string
  startedAt: string
  finishedAt: string | null
  result: string | null
}

/** Code on its way to a slug: a pushed commit, or a tarball. */
export type Build = {
  id: string
  appId: string
  status: BuildStatus
  failureReason: string | null
  /** Kept under refs/builds/<id>; null: the code is a tarball. */
  commit: string | null
  /** Of the commit or the tarball, as its author or sender describes it. */
  commitDescription: string | null
  sourceUrl: string | null
  sourceVersion: string | null
  /** SHA-256 in hex. */
  sourceChecksum: string | null
  /** What a push moves from `branchFrom` to `commit` once this build has succeeded. */
  branch: string | null
  branchFrom: string | null
  branchMovedAt: Date | null
  /** The branch that was chosen to be built, and that does not move by it. */
  sourceBranch: string | null
  /** The control plane whose git will move the branch; null: the platform does it. */
  receiver: string | null
  /** Asked for with this build; null: the app's. */
  buildpacks: { url: string }[] | null
  stack: string
  slugId: string | null
  releaseId: string | null
  steps: BuildStep[]
  attempts: number
  createdBy: string | null
  createdByName: string
  createdAt: Date
  updatedAt: Date
  finishedAt: Date | null
}

/** What the client calls the code: `SOURCE_VERSION` in the build, the slug's commit after it. */
export const versionOf = (build: Pick<Build, 'commit' | 'sourceVersion'>): string | null =>
  build.commit ?? build.sourceVersion

/** As releases and logs show it: eight digits of a commit, any other version whole. */
export const shortVersionOf = (build: Pick<Build, 'commit' | 'sourceVersion'>): string | null => {
  const version = versionOf(build)
  return version !== null && /^[0-9a-f]{9,64}$/.test(version) ? version.slice(0, 8) : version
}

/** Whoever asked for the build: what it makes is theirs. */
export const builderOf = (build: Pick<Build, 'createdBy' | 'createdByName'>): Actor => ({
  accountId: build.createdBy,
  name: build.createdByName,
  authorizationId: null,
  scope: ['global'],
  requestId: null,
  remoteAddress: null,
})

export const finishedStep = (
  { steps }: Pick<Build, 'steps'>,
  name: string,
): BuildStep | undefined => steps.find((step) => step.name === name && step.finishedAt !== null)

/** The build's or its user's own failure, in words for its output: it ends with it, and nothing is tried again. */
export class BuildFailure extends Error {
  override readonly name = 'BuildFailure'
}

/** The build has ended (cancelled, its app destroyed) or another runner has it: nothing is written any more. */
export class BuildTakenAway extends Error {
  override readonly name = 'BuildTakenAway'
}
