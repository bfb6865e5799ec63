import { closeSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { start } from '#/foundation/exec.ts'
import { identify, isAlive, type ProcessIdentity } from '#/foundation/process-identity.ts'
import { lastWords, openProcessLog } from './process-log.ts'
import type { ProcessSpec } from './process-spec.ts'

/** A process that runs, whether this keeper started it or found it. */
export type RunningProcess = {
  identity: ProcessIdentity
  /** ISO 8601 */
  startedAt: string
  /** On our monotonic clock, so only as far back as we know it. */
  seenSince: number
  /** Resolves once it has died, with what is known of the reason. */
  died: Promise<string>
}

/** Marks a process's environment, for a keeper that died before it could write down whom it had started. */
export const PROCESS_MARK = 'SLUICE_PROCESS'

/** Starts it in a session of its own, so that no terminal's and nobody's group signal reaches it. */
export const startProcess = async (spec: ProcessSpec, logPath: string): Promise<RunningProcess> => {
  const ports = (spec.ports ?? []).map((port) => port.descriptor())
  const descriptors = Array<number[]>(spec.descriptorsOfPort ?? 1)
    .fill(ports)
    .flat()
  const log = openProcessLog(logPath)
  const [file, ...args] = spec.command
  const child = start(file, args, {
    cwd: '/',
    env: { ...spec.env, [PROCESS_MARK]: spec.name },
    stdio: ['ignore', log.fd, log.fd, ...descriptors],
    detached: true,
  })
  closeSync(log.fd)
  const died = new Promise<string>((resolve) =>
    child.once('exit', (code, signal) =>
      resolve(signal ?? (lastWords(logPath, log.from) || `exit status ${code}`)),
    ),
  )
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject).once('spawn', () => resolve())
  })
  const pid = child.pid ?? 0
  return {
    identity: identify(pid) ?? { pid, startTime: 'died at once' },
    startedAt: new Date().toISOString(),
    seenSince: performance.now(),
    died,
  }
}

/** One that an earlier keeper has started: not our child, so its death is seen by looking. */
export const adoptProcess = (identity: ProcessIdentity, startedAt: string): RunningProcess => ({
  identity,
  startedAt,
  seenSince: performance.now(),
  died: seeDeath(identity),
})

const LOOK_EVERY_MS = 200

const seeDeath = async (identity: ProcessIdentity): Promise<string> => {
  while (isAlive(identity)) await pause(LOOK_EVERY_MS)
  return 'it is gone'
}

export type Ending = { signal: NodeJS.Signals; limitMs: number }

/** Tells a process to end, and kills it if it has not within the limit. */
export const endProcess = (process: Mortal, { signal, limitMs }: Ending): Promise<void> => {
  sendSignal(process.identity, signal)
  return killAfter(process, limitMs)
}

/** Resolves when it has died, by itself or by us at the limit. */
export const killAfter = async ({ identity, died }: Mortal, limitMs: number): Promise<void> => {
  const limit = setTimeout(() => sendSignal(identity, 'SIGKILL'), limitMs)
  await died
  clearTimeout(limit)
}

type Mortal = Pick<RunningProcess, 'identity' | 'died'>

const sendSignal = (identity: ProcessIdentity, signal: NodeJS.Signals): void => {
  if (!isAlive(identity)) return
  try {
    process.kill(identity.pid, signal)
  } catch {
    // It has died between the two lines.
  }
}
