import { Type, type Static } from 'typebox'
import { config } from '#/foundation/config.ts'
import { Reference } from '#/platform/app/reference.ts'
import { buildpackUrl, nameOf } from '#/platform/buildpack/buildpack.ts'
import type { TarballCode } from './create-build.ts'
import type { Build } from './build.ts'

const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Optional(Type.Union([schema, Type.Null()]))

export const CreateBuild = Type.Object({
  source_blob: Type.Object({
    url: Type.String({ minLength: 1, maxLength: 4_000 }),
    // Given to buildpacks as SOURCE_VERSION and shown in logs: no control characters.
    version: orNull(Type.String({ maxLength: 200, pattern: '^[^\\p{C}]*$' })),
    version_description: orNull(Type.String({ maxLength: 1_000 })),
    checksum: orNull(Type.String({ pattern: '^(?:[sS][hH][aA]256:)?[0-9a-fA-F]{64}$' })),
  }),
  buildpacks: orNull(
    Type.Array(
      Type.Object({
        url: Type.Optional(Type.String()),
        name: Type.Optional(Type.Union([Type.String(), Type.Null()])),
      }),
      { maxItems: 30 },
    ),
  ),
})

/** Ours. */
export const CopyBuild = Type.Object({ from: Type.Object({ app: Reference }) })

/** Ours. */
export const DeployBranch = Type.Object({ branch: Type.String({ minLength: 1, maxLength: 1_000 }) })

/** What a body asks for. @throws 422 in words */
export const tarballOf = ({
  source_blob,
  buildpacks,
}: Static<typeof CreateBuild>): TarballCode => ({
  url: source_blob.url,
  version: source_blob.version || null,
  description: source_blob.version_description || null,
  checksum: source_blob.checksum?.slice(-64).toLowerCase() ?? null,
  buildpacks:
    buildpacks?.map(({ url, name }) => ({
      url: buildpackUrl(url ?? name ?? '', { fileUrlsAllowed: config.fileBuildpacks }),
    })) ?? null,
})

export type BuildContext = { app: { id: string; gitUrl: string }; outputUrl: string }

/**
 * Heroku's build; ours are `branch`, the one that was pushed or chosen, and `steps`: `source`, then of each buildpack
 * `detect` and `compile`, then `inspect` and `compress`; what an older version of the platform built has `build` for these.
 */
export const presentBuild = (build: Build, { app, outputUrl }: BuildContext) => ({
  id: build.id,
  app: { id: app.id },
  branch: build.branch ?? build.sourceBranch,
  buildpacks: build.buildpacks?.map(({ url }) => ({ url, name: nameOf({ url }) })) ?? null,
  created_at: build.createdAt,
  failure_reason: build.failureReason,
  labs: {},
  output_stream_url: outputUrl,
  release: build.releaseId ? { id: build.releaseId } : null,
  slug: build.slugId ? { id: build.slugId } : null,
  source_blob: {
    checksum: build.sourceChecksum === null ? null : `SHA256:${build.sourceChecksum}`,
    url: build.sourceUrl === null ? app.gitUrl : withoutSecrets(build.sourceUrl),
    version: build.commit ?? build.sourceVersion,
    version_description: build.commitDescription,
  },
  stack: build.stack,
  status: build.status,
  steps: stepsOf(build),
  updated_at: build.updatedAt,
  user: { id: build.createdBy, email: build.createdByName },
})

/** One that a build ended in ended with it. */
const stepsOf = ({ steps, finishedAt }: Build) => {
  const parts = steps.filter(({ name }) => name !== 'build')
  const hasParts = parts.some(({ name }) => name !== 'source')
  return (hasParts ? parts : steps).map((step) => ({
    name: step.name,
    buildpack: step.buildpack ?? null,
    started_at: step.startedAt,
    finished_at: step.finishedAt ?? finishedAt,
  }))
}

/** Whoever may see a build may not for that reason fetch its source: passwords and signatures stay out. */
const withoutSecrets = (url: string): string => {
  const parsed = URL.parse(url)
  return parsed ? `${parsed.origin}${parsed.pathname}` : ''
}
