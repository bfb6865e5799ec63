import { StringDecoder } from 'node:string_decoder'
import { runInSandbox, type SandboxOutcome } from '#/sandbox/run-in-sandbox.ts'
import type { Mount, SandboxSpec } from '#/sandbox/sandbox-spec.ts'
import { BuildRejection } from './build-rejection.ts'
import type { RegistrySettings } from './registry-settings.ts'
import type { BuildInput } from './slug-build.ts'
import type { Workspace } from './workspace.ts'

/** A build under way: what each of its steps needs. */
export type Build = {
  input: BuildInput
  workspace: Workspace
  registry: RegistrySettings
  /** performance.now() at which the build has taken too long. */
  deadline: number
  /** Aborted with a BuildRejection once the build has too much on the disk, or by the caller with its own reason. */
  signal: AbortSignal
  /** False while a buildpack runs that may leave it half-written if it fails or is ended; built-in ones never do. */
  cache: { isWhole: boolean }
}

export type Program = {
  command: [string, ...string[]]
  env?: Record<string, string>
  readOnly?: Mount[]
  /** Takes what it prints; else the build's output does. */
  onOutput?: (text: string) => void
}

/** Runs a program of a build in its sandbox. @returns its exit status @throws BuildRejection at a limit of the build */
export const runProgram = async (build: Build, program: Program): Promise<number> => {
  build.signal.throwIfAborted()
  const { limits, output } = build.input
  const decoder = new StringDecoder('utf8')
  const print = program.onOutput ?? output
  const outcome = await runInSandbox(buildSandboxSpec(build, program), {
    onOutput: (chunk) => print(decoder.write(chunk)),
    signal: build.signal,
    timeLimitMs: Math.max(1, build.deadline - performance.now()),
    idleLimitMs: limits.idleMs,
  })
  const rest = decoder.end()
  if (rest !== '') print(rest)
  rejectAtLimit(build, outcome)
  return outcome.exitStatus
}

const rejectAtLimit = ({ input, signal }: Build, { reason }: SandboxOutcome): void => {
  switch (reason) {
    case 'time-limit':
      throw new BuildRejection(`the build took longer than ${duration(input.limits.wallMs)}.`)
    case 'idle-limit':
      throw new BuildRejection(`the build printed nothing for ${duration(input.limits.idleMs)}.`)
    case 'aborted':
      return signal.throwIfAborted()
    case 'exit':
  }
}

const duration = (ms: number): string =>
  ms < 120_000 ? `${Math.round(ms / 1000)} seconds` : `${Math.round(ms / 60_000)} minutes`

/** What a build's program sees: Heroku's places and variables, and no config var but in ENV_DIR. */
const buildSandboxSpec = (
  { input, workspace, registry }: Pick<Build, 'input' | 'workspace' | 'registry'>,
  { command, env = {}, readOnly = [] }: Program,
): SandboxSpec => ({
  command,
  chdir: '/app',
  hostname: 'build',
  writable: [
    { host: workspace.tmp, inside: '/tmp' },
    { host: workspace.app, inside: '/app' },
  ],
  readOnly: [
    { host: workspace.env, inside: workspace.inside.env },
    ...registry.mounts,
    ...readOnly,
  ],
  env: {
    ...registry.env,
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/app',
    LANG: 'C.UTF-8',
    STACK: input.stack,
    SOURCE_VERSION: input.sourceVersion,
    REQUEST_ID: input.requestId,
    SOURCE_DATE_EPOCH,
    ...env,
  },
  tmpSizeBytes: 64 * 1024 * 1024, // hidden below the workspace's own /tmp
  memoryBytes: input.limits.memoryBytes,
  pids: input.limits.pids,
  fileSizeBytes: input.limits.diskBytes,
})

/** 1980-01-01, known to many tools: whatever dates what it writes by it writes the same bytes in each build. */
const SOURCE_DATE_EPOCH = '315532800'
