import { createHash } from 'node:crypto'
import { chown, mkdir, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run, runOrThrow } from '#/foundation/exec.ts'
import { hasCode } from '#/foundation/errors.ts'
import { removeTree } from '#/foundation/remove-tree.ts'
import { isRoot, sandboxUid } from '#/sandbox/sandbox-spec.ts'
import type { BuildInput } from './slug-build.ts'

/** Folders of one build on the host. */
export type Workspace = {
  /** `/tmp` of the build: everything that is moved to and fro in it is on one mount, so that moving costs nothing. */
  tmp: string
  build: string
  cache: string
  buildpacks: string
  /** `/app` of the build, also its HOME. What lands here is not in the slug. */
  app: string
  /** ENV_DIR: a file for each config var. Not writable in the build. */
  env: string
  inside: InsidePaths
}

/** The same as a build's programs know them. */
export type InsidePaths = { build: string; cache: string; buildpacks: string; env: string }

type Needs = Pick<BuildInput, 'sourceDir' | 'workDir' | 'cacheDir' | 'configVars'>

/** Moves source and cache into place. The cache is away from its own place until `keepCache` brings it back. */
export const openWorkspace = async (input: Needs): Promise<Workspace> => {
  const tmp = join(input.workDir, 'tmp')
  const name = `build_${createHash('sha256').update(input.cacheDir).digest('hex').slice(0, 8)}`
  const workspace = {
    tmp,
    build: join(tmp, name), // the same for each build of an app, so that paths in results are too
    cache: join(tmp, 'cache'),
    buildpacks: join(tmp, 'buildpacks'),
    app: join(input.workDir, 'app'),
    env: join(input.workDir, 'env'),
    inside: {
      build: `/tmp/${name}`,
      cache: '/tmp/cache',
      buildpacks: '/tmp/buildpacks',
      env: '/env',
    },
  }
  await removeTree(tmp)
  for (const folder of [workspace.buildpacks, workspace.app, workspace.env])
    await mkdir(folder, { recursive: true })
  await moveTree(input.sourceDir, workspace.build)
  await takeCache(input.cacheDir, workspace.cache)
  await writeConfigVars(workspace.env, input.configVars)
  await giveToBuild(workspace)
  return workspace
}

/** Whoever finds no cache starts without: a killed build takes what it may have half-written with it. */
const takeCache = async (cacheDir: string, place: string): Promise<void> => {
  try {
    await moveTree(cacheDir, place)
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
    await mkdir(place)
  }
}

/** Bigger ones are begun anew: most of what is in them has not been used for long. */
const CACHE_LIMIT_BYTES = 2_000_000_000

/** @param bytes what the cache takes on the disk; measuring that can be begun before */
export const keepCache = async (
  workspace: Workspace,
  cacheDir: string,
  bytes = diskUsage(workspace.cache),
): Promise<void> => {
  if ((await bytes) > CACHE_LIMIT_BYTES) return
  await removeTree(cacheDir)
  await mkdir(join(cacheDir, '..'), { recursive: true })
  await moveTree(workspace.cache, cacheDir)
}

/** Bytes that a tree takes on the disk. */
export const diskUsage = async (path: string): Promise<number> => {
  const { stdout } = await run('du', ['-s', '-x', '-B1', '--', path]) // 1 if a file went meanwhile
  return Number(stdout.split('\t')[0] ?? 0) || 0
}

const writeConfigVars = async (
  folder: string,
  configVars: Record<string, string>,
): Promise<void> => {
  for (const [name, value] of Object.entries(configVars))
    if (isFileName(name)) await writeFile(join(folder, name), value, { mode: 0o400 })
}

const isFileName = (name: string): boolean =>
  name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name) && name.length < 256

/** A cache belongs to the build's user already, unless that user is another than last time. */
const giveToBuild = async ({
  tmp,
  build,
  buildpacks,
  cache,
  app,
  env,
}: Workspace): Promise<void> => {
  if (!isRoot()) return
  const uid = sandboxUid()
  const isOwned = (await stat(cache)).uid === uid
  for (const folder of [tmp, buildpacks]) await chown(folder, uid, uid)
  const trees = [build, app, env, ...(isOwned ? [] : [cache])]
  await runOrThrow('chown', ['-R', '-h', `${uid}:${uid}`, '--', ...trees])
}

const moveTree = async (from: string, to: string): Promise<void> => {
  try {
    await rename(from, to)
  } catch (error) {
    if (!hasCode(error, 'EXDEV')) throw error
    await runOrThrow('cp', ['-a', '--', from, to])
    await removeTree(from)
  }
}
