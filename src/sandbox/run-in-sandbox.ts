import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { ended, start } from '#/foundation/exec.ts'
import { hostEnvironment } from '#/foundation/config.ts'
import { removeCgroup } from './cgroups.ts'
import { prepareSandbox } from './prepare-sandbox.ts'
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
  const dir = await mkdtemp(join(tmpdir(), 'sluice-sandbox-'))
  const name = basename(dir)
  try {
    const [file, ...args] = await prepareSandbox(dir, name, spec)
    const child = start(file, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: hostEnvironment(),
      cwd: '/',
    })
    let reason: SandboxOutcome['reason'] = 'exit'
    const stop = (why: SandboxOutcome['reason']) => (): void => {
      if (reason === 'exit') reason = why
      child.kill('SIGKILL')
    }
    const onAbort = stop('aborted')
    options.signal?.addEventListener('abort', onAbort)
    if (options.signal?.aborted) onAbort()
    const limit = setTimeout(stop('time-limit'), options.timeLimitMs)
    const idle =
      options.idleLimitMs === undefined
        ? undefined
        : setTimeout(stop('idle-limit'), options.idleLimitMs)
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        idle?.refresh()
        options.onOutput(chunk)
      })
    const { code } = await ended(child)
    clearTimeout(limit)
    clearTimeout(idle)
    options.signal?.removeEventListener('abort', onAbort)
    return { exitStatus: code, reason }
  } finally {
    removeCgroup(name)
    await rm(dir, { recursive: true, force: true })
  }
}
