import { cp, realpath, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { giveToSandbox } from '#/sandbox/prepare-sandbox.ts'
import type { Mount } from '#/sandbox/sandbox-spec.ts'
import { BuildRejection } from './build-rejection.ts'
import {
  buildpackLabel,
  parseBuildpackUrl,
  type BuildpackReference,
  type BuiltInName,
} from './buildpack-reference.ts'
import { runProgram, type Build } from './run-program.ts'

/** A buildpack that lies in the build's workspace, ready to run. */
export type Buildpack = {
  /** `heroku/nodejs`, or its URL without passwords. */
  name: string
  url: string
  /** The commit of one from git. */
  version?: string
  /** Of the host, and as the build's programs know it. */
  hostDir: string
  insideDir: string
  builtIn: BuiltInName | undefined
}

/** Everything from outside is fetched by programs in the build's sandbox, which have no more than the build has. */
export const fetchBuildpack = async (
  build: Build,
  { url, ordinal }: { url: string; ordinal: number },
): Promise<Buildpack> => {
  const reference = parseBuildpackUrl(url, build.input)
  const name = buildpackLabel(url)
  const hostDir = join(build.workspace.buildpacks, String(ordinal))
  const insideDir = `${build.workspace.inside.buildpacks}/${ordinal}`
  const buildpack = { name, url, hostDir, insideDir, builtIn: undefined }
  if (reference.kind === 'built-in') return copyBuiltIn({ ...buildpack, builtIn: reference.name })
  build.input.output(`-----> Fetching set buildpack ${name}...`)
  const version = await fetch(build, buildpack, reference)
  build.input.output(' done\n')
  return { ...buildpack, ...(version === undefined ? {} : { version }) }
}

const copyBuiltIn = async <B extends { hostDir: string; builtIn: BuiltInName }>(
  buildpack: B,
): Promise<B> => {
  const source = fileURLToPath(new URL(`./buildpacks/${buildpack.builtIn}`, import.meta.url))
  await cp(source, buildpack.hostDir, { recursive: true })
  await giveToSandbox(buildpack.hostDir)
  return buildpack
}

type Fetchable = Exclude<BuildpackReference, { kind: 'built-in' }>
type Target = { name: string; hostDir: string; insideDir: string }

const fetch = async (
  build: Build,
  target: Target,
  reference: Fetchable,
): Promise<string | undefined> => {
  if (reference.kind === 'tarball') return fetchTarball(build, target, reference.url)
  return cloneRepository(build, target, reference)
}

type Step = { command: [string, ...string[]]; readOnly?: Mount[]; mayFail?: true }

/** Runs a step of fetching; what it prints is shown only if it fails, without passwords. */
const runStep = async (
  build: Build,
  target: Target,
  step: Step,
): Promise<{ succeeded: boolean; text: string }> => {
  let text = ''
  const status = await runProgram(build, {
    ...step,
    env: GIT_ENVIRONMENT,
    onOutput: (chunk) => (text = (text + chunk).slice(-4000)),
  })
  if (status !== 0 && !step.mayFail) {
    build.input.output(` failed\n${text.replace(/(:\/\/)[^/\s@]*@/g, '$1')}\n`)
    throw new BuildRejection(`the buildpack ${target.name} could not be fetched.`)
  }
  return { succeeded: status === 0, text }
}

/** The host's own settings of git stay outside; repositories of a mounted folder belong to nobody in here. */
const GIT_ENVIRONMENT = {
  GIT_TERMINAL_PROMPT: '0',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/tmp/gitconfig',
  NODE_USE_ENV_PROXY: '1',
}
const GIT_SETTINGS = `[safe]
	directory = *
[core]
	hooksPath = /dev/null
[protocol]
	allow = never
[protocol "https"]
	allow = always
[protocol "http"]
	allow = always
[protocol "git"]
	allow = always
[protocol "file"]
	allow = always
[advice]
	detachedHead = false
`

/** Where a folder or file of a `file://` URL is shown. Whether such URLs may be used was asked before. */
const LOCAL_SOURCE = '/buildpack-source'

const localMount = async (url: string): Promise<Mount | undefined> => {
  if (!url.startsWith('file:')) return undefined
  const path = await realpath(fileURLToPath(url)).catch(() => undefined)
  if (path === undefined) throw new BuildRejection(`there is nothing at ${url}.`)
  return { host: path, inside: LOCAL_SOURCE }
}

/** A shallow clone where the server knows the ref as a branch or tag; a whole one for a commit. Never its submodules. */
const cloneRepository = async (
  build: Build,
  target: Target,
  { repository, ref }: { repository: string; ref: string | undefined },
): Promise<string> => {
  await writeFile(join(build.workspace.tmp, 'gitconfig'), GIT_SETTINGS)
  const mount = await localMount(repository)
  const readOnly = mount ? [mount] : []
  const from = mount ? `file://${LOCAL_SOURCE}` : repository
  const clone = (...options: string[]): [string, ...string[]] => [
    ...(['git', 'clone', '--quiet', '--no-recurse-submodules', ...options] as const),
    ...['--end-of-options', from, target.insideDir],
  ]
  const branch = ref === undefined ? [] : [`--branch=${ref}`]
  const shallow = await runStep(build, target, {
    command: clone('--depth=1', ...branch),
    readOnly,
    mayFail: true,
  })
  const git: [string, ...string[]] = ['git', '-C', target.insideDir]
  if (!shallow.succeeded) {
    await runStep(build, target, { command: clone(), readOnly })
    if (ref !== undefined)
      await runStep(build, target, {
        command: [...git, 'checkout', '--quiet', '--detach', ref, '--'],
      })
  }
  const { text } = await runStep(build, target, { command: [...git, 'rev-parse', 'HEAD'] })
  return text.trim()
}

const ARCHIVE_LIMIT_BYTES = 300_000_000

const fetchTarball = async (build: Build, target: Target, url: string): Promise<undefined> => {
  const mount = await localMount(url)
  const archive = mount ? LOCAL_SOURCE : '/tmp/buildpack.tgz'
  if (!mount)
    await runStep(build, target, {
      command: ['/node', '/download.ts', url, archive, String(ARCHIVE_LIMIT_BYTES)],
      readOnly: [
        { host: await realpath(process.execPath), inside: '/node' },
        { host: DOWNLOAD, inside: '/download.ts' },
      ],
    })
  await runStep(build, target, { command: ['mkdir', target.insideDir] })
  await runStep(build, target, {
    command: ['tar', '-xzf', archive, '-C', target.insideDir, '--no-same-owner'],
    readOnly: mount ? [mount] : [],
  })
  return undefined
}

const DOWNLOAD = fileURLToPath(new URL('./download.ts', import.meta.url))
