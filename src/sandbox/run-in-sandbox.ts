import type { ChildProcess } from 'node:child_process'
import { hostEnvironment } from '#/foundation/config.ts'
import { ended, start } from '#/foundation/exec.ts'
import { killSandbox } from './end-sandbox.ts'
import { prepareSandbox } from './prepare-sandbox.ts'
import { closeSandboxRun, openSandboxRun, sweepSandboxRuns } from './sandbox-run.ts'
import type { SandboxSpec } from './sandbox-spec.ts'

export type RunInSandboxOptions = {
  /** What it prints on both outputs, as it comes. */
  onOutput: (chunk: Buffer) => void
  /** Kills it. */
  signal?: AbortSignal
  /** Milliseconds it may take, and may be silent. */
  timeLimitMs: number
  idleLimitMs?: number
}

export type SandboxOutcome = {
  /** 128 + n if signal n ended it. */
  exitStatus: number
  reason: 'exit' | 'time-limit' | 'idle-limit' | 'aborted'
}

/** Runs a program in a sandbox to its end, as builds do. Dies with this process; nothing of it is left afterwards. */
export const runInSandbox = async (
  spec: SandboxSpec,
  options: RunInSandboxOptions,
): Promise<SandboxOutcome> => {
  await (swept ??= sweepSandboxRuns())
  const run = await openSandboxRun()
  try {
    const [file, ...args] = await prepareSandbox(run, spec)
    if (options.signal?.aborted) return { exitStatus: KILLED, reason: 'aborted' }
    const child = start(file, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: hostEnvironment(),
      cwd: '/',
    })
    const kill = (): void => {
      child.kill('SIGKILL')
      void killSandbox(run.name)
    }
    return await watch(child, kill, options)
  } finally {
    await closeSandboxRun(run)
  }
}

let swept: Promise<void> | undefined

const KILLED = 128 + 9

/** Until the program has ended and all it had started is gone: they hold the output open. */
const watch = async (
  child: ChildProcess,
  kill: () => void,
  { onOutput, signal, timeLimitMs, idleLimitMs }: RunInSandboxOptions,
): Promise<SandboxOutcome> => {
  let reason: SandboxOutcome['reason'] = 'exit'
  const stop = (why: SandboxOutcome['reason']) => (): void => {
    if (reason === 'exit') reason = why
    kill()
  }
  const onAbort = stop('aborted')
  signal?.addEventListener('abort', onAbort)
  const limit = setTimeout(stop('time-limit'), timeLimitMs)
  const idle = idleLimitMs === undefined ? undefined : setTimeout(stop('idle-limit'), idleLimitMs)
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      idle?.refresh()
      onOutput(chunk)
    })
  try {
    const end = await ended(child)
    return { exitStatus: end.signal === null ? end.code : KILLED, reason }
  } finally {
    clearTimeout(limit)
    clearTimeout(idle)
    signal?.removeEventListener('abort', onAbort)
  }
}
