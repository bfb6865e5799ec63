import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { buildSlug } from '#/builder/build-slug.ts'
import type { BuildInput, BuiltSlug } from '#/builder/slug-build.ts'
import { config } from '#/foundation/config.ts'
import { failpoint } from '#/foundation/failpoint.ts'
import { redactor } from '#/log-store/redactor.ts'
import { readConfigMarks } from '#/platform/config-var/config-mark-store.ts'
import { appFiles } from '#/platform/app/app-files.ts'
import { getApp } from '#/platform/app/app-store.ts'
import { configVarsOf, readConfigSnapshot } from '#/platform/app/config-snapshot-store.ts'
import { listBuildpacks } from '#/platform/buildpack/buildpack-store.ts'
import type { BuildOutput } from './build-output.ts'
import { judgeSlug, type JudgedSlug } from './judge-slug.ts'
import { BUILDER, type BuildNeeds } from './build-runner.ts'
import { BuildFailure, finishedStep, versionOf, type Build } from './build.ts'
import { fetchSource } from './fetch-source.ts'
import { createLineGate } from './line-gate.ts'
import { recordSteps } from './record-steps.ts'

type Needs = Pick<BuildNeeds, 'db' | 'keyring' | 'paths' | 'store'>

/** One attempt at a build. */
export type BuildRun = {
  build: Build
  /** An empty folder. */
  workspace: string
  output: BuildOutput
  signal: AbortSignal
}

/**
 * The slug of a build's code, in the store; one that an attempt before this one has made is taken as it is.
 * @throws BuildFailure in words if the code cannot be built
 */
export const makeSlug = async (needs: Needs, run: BuildRun): Promise<JudgedSlug> => {
  const saved = finishedStep(run.build, 'build')?.result
  if (saved) {
    const slug = JSON.parse(saved) as JudgedSlug
    if (await needs.store.has(slug.digest)) return slug
  }
  const configVars = await readConfigVars(needs, run.build)
  const steps = recordSteps(needs, run.build)
  const redact = redactor(configVars, await readConfigMarks(needs.db, run.build.appId))
  const gate = createLineGate((text) => run.output.write(redact(text)), redact.cutOf)
  try {
    const sourceDir = await steps.run('source', () => fetchFor(needs, run, gate.write))
    failpoint('build-after-source')
    const input = { ...(await buildInput(needs, run, configVars)), sourceDir, output: gate.write }
    const slug = await steps.run('build', async () =>
      judgeSlug(needs, run, await buildOrFail({ ...input, onPart: steps.beginPart }), configVars),
    )
    failpoint('build-after-build')
    return slug
  } finally {
    gate.flush()
  }
}

const buildOrFail = async (input: BuildInput): Promise<BuiltSlug> => {
  const outcome = await buildSlug(input)
  if (outcome.status === 'failed') throw new BuildFailure(outcome.reason)
  return outcome
}

const fetchFor = (
  needs: Needs,
  { build, workspace, signal }: BuildRun,
  write: (text: string) => void,
): Promise<string> =>
  fetchSource(needs, build, {
    folder: workspace,
    warn: (message) => write(` !     ${message}\n`),
    signal,
  })

const readConfigVars = async (needs: Needs, { appId }: Build): Promise<Record<string, string>> => {
  const { configSnapshotId } = await getApp(needs.db, BUILDER, appId, 'deploy')
  return configVarsOf(await readConfigSnapshot(needs, configSnapshotId))
}

const buildInput = async (
  { db, paths, store }: Needs,
  { build, workspace, signal }: BuildRun,
  configVars: Record<string, string>,
): Promise<Omit<BuildInput, 'sourceDir' | 'output'>> => {
  const workDir = join(workspace, 'work')
  await mkdir(workDir)
  return {
    workDir,
    cacheDir: appFiles(paths, build.appId).buildCache,
    toolchainsDir: paths.toolchains,
    buildpacks: build.buildpacks ?? (await listBuildpacks(db, BUILDER, build.appId)),
    fileUrlsAllowed: config.fileBuildpacks,
    configVars,
    stack: build.stack,
    sourceVersion: versionOf(build) ?? '',
    requestId: build.id,
    limits: {
      wallMs: config.buildLimitMs,
      idleMs: config.buildIdleLimitMs,
      slugBytes: config.slugLimitBytes,
      diskBytes: config.buildDiskBytes,
      memoryBytes: config.buildMemoryBytes,
      pids: config.buildProcesses,
    },
    store,
    signal,
  }
}
