import { mkdir } from 'node:fs/promises'
import { config } from '#/foundation/config.ts'
import { transaction } from '#/foundation/db.ts'
import { ApiError, hasCode, messageOf } from '#/foundation/errors.ts'
import { failpoint } from '#/foundation/failpoint.ts'
import { enqueue, type JobContext } from '#/foundation/jobs.ts'
import { removeTree } from '#/foundation/remove-tree.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import { addWantedAddOns } from './add-wanted-add-ons.ts'
import { buildQueue, runBuildJob } from './build-jobs.ts'
import { openBuildOutput, outputPath, type BuildOutput } from './build-output.ts'
import { findBuild, finishBuild, takeBuild } from './build-store.ts'
import { makeWorkspace, workspaceOf } from './build-workspace.ts'
import { BuildFailure, BuildTakenAway, type Build } from './build.ts'
import { BUILDER, type BuildNeeds } from './build-runner.ts'
import type { JudgedSlug } from './judge-slug.ts'
import { makeSlug } from './make-slug.ts'
import { releaseBuild } from './release-build.ts'
import { settleBranches } from './settle-branch.ts'
import { watchBuild } from './watch-build.ts'

/** So often a build may be begun: a killed worker or a fault of the platform's ends an attempt. */
const MOST_ATTEMPTS = 3
const COME_BACK_MS = 2_000

/** Runs a build to its end once a slot is free. What has ended, or is somebody else's, is left alone. */
export const runBuild = async (
  needs: BuildNeeds,
  buildId: string,
  { signal }: JobContext,
): Promise<void> => {
  const giveBack = await needs.slots.take(signal)
  if (!giveBack) return comeBack(needs, buildId)
  try {
    const build = await takeBuild(needs.db, BUILDER, buildId)
    if (!build) return
    failpoint('build-taken')
    await attempt(needs, build, signal)
    await settleBranches(needs, build.id)
  } finally {
    giveBack()
  }
}

const comeBack = async ({ db }: BuildNeeds, buildId: string): Promise<void> => {
  const build = await findBuild(db, BUILDER, buildId)
  if (!build) return
  const queue = buildQueue(build.appId)
  await enqueue(db, runBuildJob, { buildId }, { queue, runAt: new Date(Date.now() + COME_BACK_MS) })
}

const attempt = async (needs: BuildNeeds, build: Build, stopped: AbortSignal): Promise<void> => {
  const watch = watchBuild(needs, build)
  const limit = AbortSignal.timeout(config.buildLimitMs + GRACE_MS)
  try {
    const signal = AbortSignal.any([stopped, watch.signal, limit])
    await releaseBuild(needs, build, await makeSlugOnce(needs, build, signal))
    failpoint('build-released')
  } catch (error) {
    stopped.throwIfAborted()
    if (!watch.signal.aborted && !isTakenAway(error))
      await failOrRise(needs, build, limit.aborted ? new BuildFailure(TOO_LONG) : error)
  } finally {
    watch.stop()
    await removeTree(workspaceOf(needs.paths, build))
  }
}

/** The builder keeps its own limit, and says so better; this is for whatever else may hang. */
const GRACE_MS = 30_000
const TOO_LONG = 'the build took too long.'

const makeSlugOnce = async (
  needs: BuildNeeds,
  build: Build,
  signal: AbortSignal,
): Promise<JudgedSlug> => {
  await mkdir(needs.paths.builds, { recursive: true, mode: 0o700 })
  const output = await openOutput(needs, build)
  try {
    if (build.attempts > MOST_ATTEMPTS)
      throw new BuildFailure(`the build was interrupted ${MOST_ATTEMPTS} times.`)
    const workspace = await makeWorkspace(needs.paths, build)
    const slug = await makeSlug(needs, { build, workspace, output, signal })
    await addWantedAddOns(needs, { build, output }, slug.releaseAddons)
    return slug
  } finally {
    await output.close()
  }
}

const openOutput = async (
  { paths, log }: BuildNeeds,
  { id, attempts }: Build,
): Promise<BuildOutput> => {
  const output = await openBuildOutput(outputPath(paths, id), {
    onProblem: (error) => log.warn({ err: error, buildId: id }, 'output of a build is lost'),
  })
  if (attempts > 1) output.write('\n !     The build was interrupted and begins again.\n\n')
  return output
}

/** Another runner has it, it has ended, or its app has been destroyed and it with it. */
const isTakenAway = (error: unknown): boolean =>
  error instanceof BuildTakenAway || (error instanceof ApiError && error.status === 404)

const failOrRise = async (needs: BuildNeeds, build: Build, error: unknown): Promise<void> => {
  const reason = reasonOf(error)
  if (reason === undefined && build.attempts < MOST_ATTEMPTS) throw error
  if (reason === undefined)
    needs.log.error({ err: error, buildId: build.id }, 'a build is given up')
  await failBuild(needs, build, reason ?? `of an error of the platform: ${messageOf(error)}`)
}

const reasonOf = (error: unknown): string | undefined => {
  if (error instanceof BuildFailure) return error.message
  if (error instanceof ApiError && error.status === 403) return error.message // its stage was shut meanwhile
  return hasCode(error, 'ENOSPC') || hasCode(error, 'EDQUOT')
    ? 'there is no space left on the disk of this machine.'
    : undefined
}

const failBuild = async (
  { db, logs }: BuildNeeds,
  build: Build,
  failureReason: string,
): Promise<void> => {
  await transaction(db, async (tx) => {
    await finishBuild(tx, BUILDER, build, { status: 'failed', failureReason })
    await insertEvent(tx, BUILDER, {
      resource: 'build',
      resourceId: build.id,
      action: 'update',
      appId: build.appId,
      before: { status: build.status },
      after: { status: 'failed', reason: failureReason },
    })
  })
  logs.append(build.appId, {
    at: Date.now(),
    source: 'app',
    dyno: 'api',
    text: `Build failed: ${failureReason}`,
  })
}
