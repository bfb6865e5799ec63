import { ArtifactTooLargeError, StoreFullError } from '#/artifact-store/artifact-store.ts'
import { hasCode } from '#/foundation/errors.ts'
import { BuildRejection, complaint } from './build-rejection.ts'
import { returnResults } from './built-in.ts'
import { parseBuildpackUrl } from './buildpack-reference.ts'
import { detectBuildpack, fetchSetBuildpack, type Chosen } from './choose-buildpacks.ts'
import { discoverProcessTypes } from './discover-process-types.ts'
import { findValues } from './find-values.ts'
import { readInside, TooLong } from './read-inside.ts'
import { hostRegistrySettings } from './registry-settings.ts'
import { compile, readReleaseInfo } from './run-buildpack.ts'
import type { Build } from './run-program.ts'
import { provideRuntimes } from './runtime/provide-runtimes.ts'
import type { BuildInput, BuildOutcome, BuiltSlug } from './slug-build.ts'
import { applySlugignore } from './slugignore.ts'
import { watchDisk } from './watch-disk.ts'
import { diskUsage, keepCache, openWorkspace } from './workspace.ts'

/**
 * Makes a slug of source code by buildpacks. That it cannot be built is an outcome; only what is neither the code's nor
 * its buildpacks' fault throws.
 */
export const buildSlug = async (input: BuildInput): Promise<BuildOutcome> => {
  const deadline = performance.now() + input.limits.wallMs
  const watch = watchDisk(input.workDir, input.limits.diskBytes)
  const signal = AbortSignal.any([watch.signal, ...(input.signal ? [input.signal] : [])])
  try {
    signal.throwIfAborted()
    for (const { url } of input.buildpacks) parseBuildpackUrl(url, input) // before any of them runs
    await applySlugignore(input.sourceDir)
    const [workspace, registry] = await Promise.all([openWorkspace(input), hostRegistrySettings()])
    return await runBuild({
      input,
      workspace,
      registry,
      deadline,
      signal,
      cache: { isWhole: true },
    })
  } catch (error) {
    return { status: 'failed', reason: reasonOf(error) }
  } finally {
    watch.stop()
  }
}

/** @throws the error itself if it is not about the code that was built */
const reasonOf = (error: unknown): string => {
  if (error instanceof BuildRejection) return error.message
  if (error instanceof ArtifactTooLargeError)
    return `slug too large: ${error.message.replace(/^T/, 't')}`
  if (error instanceof StoreFullError) return error.message.replace(/^T/, 't')
  if (hasCode(error, 'ENOSPC') || hasCode(error, 'EDQUOT'))
    return 'disk quota exceeded: there is no space left on the disk of this machine.'
  throw error
}

const runBuild = async (build: Build): Promise<BuiltSlug> => {
  const { input } = build
  input.output(`-----> Building on the ${input.stack.replace(/^h/, 'H')} stack\n`)
  const chosen = await runBuildpacks(build)
  const cacheBytes = diskUsage(build.workspace.cache)
  cacheBytes.catch(() => {}) // met where it is awaited
  try {
    return await packSlug(build, chosen)
  } finally {
    await returnRuntime(build, chosen)
    await keepCache(build.workspace, input.cacheDir, cacheBytes)
  }
}

const packSlug = async (build: Build, chosen: Chosen[]): Promise<BuiltSlug> => {
  const { input } = build
  const last = chosen.at(-1)
  if (!last) throw new Error('No buildpack has run.')
  input.onPart?.({ name: 'inspect' })
  const info = await readReleaseInfo(build, last.buildpack)
  const processTypes = await discoverProcessTypes(build, info)
  const files = build.workspace.build
  const foundValues = await findValues(files, input.configVars, build.signal)
  const appJson = await readAppJson(files)
  const { digest, sizeBytes } = await pack(build)
  return {
    status: 'succeeded',
    digest,
    sizeBytes,
    processTypes,
    defaultProcessTypes: info.defaultProcessTypes,
    buildpacks: chosen.map(({ buildpack: { name, url, version } }) => ({
      name,
      url,
      ...(version === undefined ? {} : { version }),
    })),
    buildpackProvidedDescription: last.name,
    stack: input.stack,
    releaseConfigVars: info.configVars,
    releaseAddons: info.addons,
    foundValues,
    appJson,
  }
}

/** What a foreign buildpack may have changed since does not come back with the next build. */
const returnRuntime = async ({ workspace }: Build, chosen: Chosen[]): Promise<void> => {
  const firstOwn = chosen.findLastIndex(({ buildpack }) => buildpack.builtIn === undefined) + 1
  for (const { buildpack } of chosen.slice(firstOwn))
    if (buildpack.builtIn) await returnResults(workspace, buildpack.builtIn)
}

const runBuildpacks = async (build: Build): Promise<Chosen[]> => {
  const { buildpacks, cacheDir } = build.input
  try {
    return buildpacks.length === 0 ? [await runDetected(build)] : await runSet(build)
  } catch (error) {
    if (build.cache.isWhole) await keepCache(build.workspace, cacheDir)
    throw error
  }
}

const runDetected = async (build: Build): Promise<Chosen> => {
  build.input.onPart?.({ name: 'detect' })
  const detected = await detectBuildpack(build)
  await runBuildpack(build, detected, [])
  return detected
}

const runSet = async (build: Build): Promise<Chosen[]> => {
  const chosen: Chosen[] = []
  for (const [ordinal, { url }] of build.input.buildpacks.entries()) {
    build.input.onPart?.({ name: 'detect' })
    const next = await fetchSetBuildpack(build, { url, ordinal })
    await runBuildpack(build, next, chosen)
    chosen.push(next)
  }
  return chosen
}

const runBuildpack = async (
  build: Build,
  { buildpack, name }: Chosen,
  earlier: Chosen[],
): Promise<void> => {
  build.input.onPart?.({ name: 'compile', buildpack: name })
  const runtimes = await provideRuntimes(build, buildpack)
  build.cache.isWhole = buildpack.builtIn !== undefined
  await compile(
    build,
    { buildpack, name, earlier: earlier.map((chosen) => chosen.buildpack) },
    runtimes,
  )
  build.cache.isWhole = true
}

const APP_JSON_BYTES = 1024 * 1024

/** One that is too long to be one is none. */
const readAppJson = async (buildDir: string): Promise<string | null> => {
  try {
    return (await readInside(buildDir, 'app.json', APP_JSON_BYTES)) ?? null
  } catch (error) {
    if (error instanceof TooLong) return null
    throw error
  }
}

const pack = async ({ input, workspace, signal }: Build) => {
  input.onPart?.({ name: 'compress' })
  input.output('-----> Compressing...\n')
  const stored = await input.store.put(workspace.build, {
    limitBytes: input.limits.slugBytes,
    warn: (message) => input.output(complaint(message)),
    signal,
  })
  input.output(`       Done: ${(stored.sizeBytes / 2 ** 20).toFixed(1)}M\n`)
  return stored
}
