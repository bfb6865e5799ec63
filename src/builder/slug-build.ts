import type { ArtifactStore, Digest } from '#/artifact-store/artifact-store.ts'
import type { FoundValue } from './find-values.ts'

/** What the builder is given: a directory and what to do with it. It knows no app, no database, no platform. */
export type BuildInput = {
  /** The code. The builder moves it and changes it. */
  sourceDir: string
  /** A folder of this build alone, on the file system of `sourceDir` and `cacheDir`. Whoever made it removes it. */
  workDir: string
  /** What buildpacks keep from build to build of one app. Need not exist. No two builds may use it at once. */
  cacheDir: string
  /** Interpreters that builds of all apps share. Need not exist. */
  toolchainsDir: string
  /** `urn:buildpack:heroku/nodejs` or `heroku/nodejs`, else a git URL with `#ref` or the URL of a .tgz. None: detected. */
  buildpacks: { url: string }[]
  /** Buildpacks may come from `file://` URLs. */
  fileUrlsAllowed: boolean
  /** Files of ENV_DIR; never in the environment. */
  configVars: Record<string, string>
  stack: string
  /** The commit, or what the client calls its tarball; may be empty. */
  sourceVersion: string
  requestId: string
  /** Told what the build prints, as it comes, in Heroku's lines. */
  output: (text: string) => void
  /** Told as each part begins, which ends the one before it. */
  onPart?: (part: BuildPart) => void
  limits: BuildLimits
  store: Pick<ArtifactStore, 'put'>
  /** Ends the build: `buildSlug` rejects with the signal's reason. */
  signal?: AbortSignal
}

/** Where the time of a build goes; `buildpack` is what that calls the app, or its own name. */
export type BuildPart =
  | { name: 'detect' | 'inspect' | 'compress' }
  | { name: 'compile'; buildpack: string }

export type BuildLimits = {
  /** Of the whole build, in milliseconds. */
  wallMs: number
  /** Milliseconds in which nothing is printed. */
  idleMs: number
  /** Of the slug's files. */
  slugBytes: number
  /** Of all that a build has on the disk while it runs: source, results, caches, /tmp. */
  diskBytes: number
  /** Of one program of a build with its children; null: none. */
  memoryBytes: number | null
  pids: number | null
}

export type BuildOutcome = BuiltSlug | { status: 'failed'; reason: string }

export type BuiltSlug = {
  status: 'succeeded'
  digest: Digest
  sizeBytes: number
  /** What the Procfile declares over what the last buildpack says by default. */
  processTypes: Record<string, string>
  defaultProcessTypes: Record<string, string>
  /** In the order in which they ran. */
  buildpacks: { name: string; url: string; version?: string }[]
  /** The last one's own name for what it found: `Node.js`. */
  buildpackProvidedDescription: string | null
  stack: string
  /** What the last buildpack's bin/release wants the app to have when it is released for the first time. */
  releaseConfigVars: Record<string, string>
  releaseAddons: string[]
  /** Config vars whose values are in the slug's files. */
  foundValues: Record<string, FoundValue>
  /** The slug's app.json, as it is. */
  appJson: string | null
}
