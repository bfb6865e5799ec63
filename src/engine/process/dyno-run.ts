import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { hostEnvironment } from '#/foundation/config.ts'
import { ended, start } from '#/foundation/exec.ts'
import { identify, isAlive, type ProcessIdentity } from '#/foundation/process-identity.ts'
import { removeTree } from '#/foundation/remove-tree.ts'
import { uptimeMs } from '#/foundation/uptime.ts'
import { endSandbox, killSandbox } from '#/sandbox/end-sandbox.ts'
import { prepareSandbox } from '#/sandbox/prepare-sandbox.ts'
import { requireSandbox } from '#/sandbox/require-sandbox.ts'
import type { SandboxSpec } from '#/sandbox/sandbox-spec.ts'
import { entrancesOf, innerProcesses, signal } from './process-tree.ts'
import { listRuns, makeRunDir, readExitStatus, readIdentity, readMade } from './run-dir.ts'
import { watchFolder } from './watch-folder.ts'

/** Where a run is: its folder, and the name of its sandbox. */
export type RunPlace = { dir: string; name: string }

/** One run of a dyno: its supervisor and everything below that. */
export type DynoRun = {
  place: RunPlace
  supervisor: ProcessIdentity
  /** Resolves when the supervisor has ended. */
  over: Promise<void>
  /** Its standard streams, if somebody is attached. */
  streams: ChildProcess | undefined
}

export type StartOptions = {
  spec: SandboxSpec
  port: number | undefined
  /** Attached: its streams are pipes to us. Else it reads nothing, and what it prints goes to files. */
  isAttached: boolean
}

const SUPERVISOR = fileURLToPath(new URL('./supervisor.sh', import.meta.url))
/** How soon the death of a supervisor is seen that could write nothing down. */
const LOOK_MS = 1_000
/** How long a supervisor may take to write down who it is. */
const IDENTITY_MS = 500

/** Starts a supervisor that outlives us. */
export const startRun = async (
  place: RunPlace,
  { spec, port, isAttached }: StartOptions,
): Promise<DynoRun> => {
  await requireSandbox()
  await makeRunDir(place.dir, port)
  const command = await prepareSandbox({ ...place, isGated: true }, spec)
  const output = isAttached ? 'client' : 'log'
  const child = start('/bin/sh', [SUPERVISOR, place.dir, output, ...command], {
    detached: true,
    env: hostEnvironment(),
    cwd: '/',
    stdio: isAttached ? 'pipe' : 'ignore',
  })
  const over = ended(child).then(() => {})
  const supervisor = child.pid === undefined ? undefined : identify(child.pid)
  if (supervisor) return { place, supervisor, over, streams: isAttached ? child : undefined }
  await over // throws why it could not be started
  throw new Error('The supervisor ended at once.')
}

/** A run that an engine before us has started, whether it still goes on or has ended since. */
export const findRun = async (place: RunPlace): Promise<DynoRun | undefined> => {
  if (!(await readMade(place.dir))) return undefined
  const deadline = performance.now() + IDENTITY_MS
  let supervisor = await readIdentity(place.dir)
  // That engine may have been killed just after it had started the supervisor.
  while (!supervisor && performance.now() < deadline) {
    await pause(10)
    supervisor = await readIdentity(place.dir)
  }
  return supervisor && { place, supervisor, over: untilOver(place, supervisor), streams: undefined }
}

/** Of a process that is not our child: its folder tells when it has written down how it ended. */
const untilOver = async ({ dir }: RunPlace, supervisor: ProcessIdentity): Promise<void> => {
  while (isAlive(supervisor)) {
    if ((await readExitStatus(dir)) !== undefined) return
    await untilChanged(dir)
  }
}

const untilChanged = (dir: string): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      stopWatching()
      resolve()
    }
    const timer = setTimeout(done, LOOK_MS)
    const stopWatching = watchFolder(dir, (name) => {
      if (name === undefined || name === 'exit') done()
    })
  })

/** 137 if its supervisor could not say. */
export const exitStatusOf = async ({ place }: DynoRun): Promise<number> =>
  (await readExitStatus(place.dir)) ?? 137

/** Milliseconds since its supervisor started, whatever the clock was set to meanwhile. */
export const ageOf = ({ supervisor }: DynoRun): number =>
  Math.max(0, uptimeMs() - Number(supervisor.startTime) * MS_A_TICK)

/** USER_HZ is 100 on every architecture we run on. */
const MS_A_TICK = 10

/**
 * SIGTERM to all processes of the dyno (Heroku: to all, maybe more than once). If none of the app's has started yet
 * there is nothing that could end in order, and it is killed.
 */
export const terminateRun = async (run: DynoRun): Promise<void> => {
  const inside = innerProcesses(run.supervisor.pid)
  for (const { pid } of inside) signal(pid, 'SIGTERM')
  if (inside.length === 0) await killRun(run)
}

const KILL_LIMIT_MS = 10_000

/** Ends the sandbox at once, and resolves when its supervisor has written down how it ended. */
export const killRun = async ({ supervisor, place }: DynoRun): Promise<void> => {
  const deadline = performance.now() + KILL_LIMIT_MS
  while (isAlive(supervisor) && performance.now() < deadline) {
    for (const pid of entrancesOf(supervisor.pid)) signal(pid, 'SIGKILL')
    for (const { pid } of innerProcesses(supervisor.pid)) signal(pid, 'SIGKILL')
    await killSandbox(place.name)
    await pause(20) // and again: it may be about to start something
  }
}

/** Ends what a killed supervisor may have left, and resolves when nothing runs any more. */
export const endProcesses = ({ name }: RunPlace): Promise<void> => endSandbox(name)

/** Removes what was kept of a dyno's runs. */
export const removeRuns = async (dynoDir: string): Promise<void> => {
  for (const run of await listRuns(dynoDir)) await removeTree(join(dynoDir, `run-${run}`))
}
