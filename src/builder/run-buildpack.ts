import { randomBytes } from 'node:crypto'
import { BuildRejection, complaint } from './build-rejection.ts'
import type { BuiltInName } from './buildpack-reference.ts'
import { defaultProcessTypesOf, detectBuiltIn, type Detected } from './built-in.ts'
import type { Buildpack } from './fetch-buildpack.ts'
import { isFileInside, readInside } from './read-inside.ts'
import { parseReleaseInfo, type ReleaseInfo } from './release-info.ts'
import { runProgram, type Build } from './run-program.ts'
import type { Runtimes } from './runtime/provide-runtimes.ts'

/** The classic buildpack API: detect, compile, release. */

const MOST_PRINTED = 64 * 1024

/** Runs a program and gives its standard output apart from its standard error. */
const capture = async (
  build: Build,
  command: [string, ...string[]],
  runtimes?: Runtimes,
): Promise<{ status: number; stdout: string; stderr: string }> => {
  let stdout = ''
  const errors = `stderr-${randomBytes(4).toString('hex')}`
  const status = await runProgram(build, {
    command: ['/bin/sh', '-c', 'exec 2>"$0"; exec "$@"', `/tmp/${errors}`, ...command],
    onOutput: (text) => (stdout = (stdout + text).slice(0, MOST_PRINTED)),
    ...runtimes,
  })
  const stderr = await readInside(build.workspace.tmp, errors, MOST_PRINTED).catch(() => '')
  return { status, stdout, stderr: stderr ?? '' }
}

const program = (buildpack: Buildpack, name: string): string => `${buildpack.insideDir}/bin/${name}`

/** What the buildpack calls the app, `Node.js`; undefined if the app is not one for it. */
export const detect = async (build: Build, buildpack: Buildpack): Promise<Detected> => {
  if (buildpack.builtIn) return detectBuiltIn(build.workspace.build, buildpack.builtIn)
  const { status, stdout, stderr } = await capture(build, [
    program(buildpack, 'detect'),
    build.workspace.inside.build,
  ])
  const name = nameIn(stdout) || buildpack.name
  return { name: status === 0 ? name : undefined, printed: `${stdout}${stderr}` }
}

const MOST_OF_A_NAME = 100

/** A buildpack is free in what it prints; no terminal acts on it, and any database can keep it. */
const nameIn = (printed: string): string =>
  (printed.trim().split('\n')[0] ?? '').replace(/\p{C}/gu, '').trim().slice(0, MOST_OF_A_NAME)

/** The `export` files of those that ran before are sourced first. $0 to $3 are the program and its folders, the rest the files. */
const COMPILE =
  'program=("$0" "${@:1:3}"); for file in "${@:4}"; do . "$file"; done; exec "${program[@]}"'

export const compile = async (
  build: Build,
  { buildpack, name, earlier }: { buildpack: Buildpack; name: string; earlier: Buildpack[] },
  runtimes: Runtimes,
): Promise<void> => {
  const { build: buildDir, cache, env } = build.workspace.inside
  const status = await runProgram(build, {
    command: [
      ...(['/bin/bash', '-c', COMPILE, program(buildpack, 'compile')] as const),
      ...[buildDir, cache, env],
      ...(await exportFiles(earlier)),
    ],
    ...runtimes,
  })
  if (status === 0) return
  if (status === 137) build.input.output(complaint(killedHint(build)))
  throw new BuildRejection(`failed to compile ${name} app.`)
}

const killedHint = ({ input: { limits } }: Build): string =>
  limits.memoryBytes === null
    ? 'The build was killed.'
    : `The build was killed: most likely it needs more than ${Math.round(limits.memoryBytes / 2 ** 20)} MB of memory.`

const exportFiles = async (buildpacks: Buildpack[]): Promise<string[]> => {
  const files = await Promise.all(
    buildpacks.map(async ({ hostDir, insideDir }) =>
      (await isFileInside(hostDir, 'export')) ? [`${insideDir}/export`] : [],
    ),
  )
  return files.flat()
}

/** What the buildpack wants of the app's first release, and how its processes start by default. */
export const readReleaseInfo = async (build: Build, buildpack: Buildpack): Promise<ReleaseInfo> => {
  if (buildpack.builtIn) return releaseInfoOf(build, buildpack.builtIn)
  if (!(await isFileInside(buildpack.hostDir, 'bin/release'))) return parseReleaseInfo('')
  const { status, stdout, stderr } = await capture(build, [
    program(buildpack, 'release'),
    build.workspace.inside.build,
  ])
  if (status === 0) return parseReleaseInfo(stdout)
  build.input.output(`${stdout}${stderr}`)
  throw new BuildRejection(`bin/release of the buildpack ${buildpack.name} failed.`)
}

const releaseInfoOf = async ({ workspace }: Build, builtIn: BuiltInName): Promise<ReleaseInfo> => ({
  addons: [],
  configVars: {},
  defaultProcessTypes: await defaultProcessTypesOf(workspace.build, builtIn),
})
