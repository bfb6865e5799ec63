import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { DamagedArtifactError, type Unpacked } from '#/artifact-store/artifact-store.ts'
import { messageOf } from '#/foundation/errors.ts'
import type { Log } from '#/foundation/log.ts'
import { msSince, thisMoment } from '#/foundation/uptime.ts'
import type { LogWriter } from '#/log-store/log-writer.ts'
import type { DynoReport, DynoState, WantedDyno } from '#/platform/dyno/engine.ts'
import { admitClient } from './attach.ts'
import type { BackOff } from './back-off.ts'
import { openDynoLog, type DynoLog } from './dyno-log.ts'
import { keepDyno, keepDynoDurably, presentMemory, type DynoMemory } from './dyno-memory.ts'
import {
  endProcesses,
  findRun,
  removeRuns,
  startRun,
  type DynoRun,
  type RunPlace,
} from './dyno-run.ts'
import { buildDynoSandbox } from './dyno-sandbox.ts'
import { LOST, NEVER_RAN, type Ending } from './ending.ts'
import type { OutputProgress } from './output-progress.ts'
import type { Ports } from './ports.ts'
import { runPlace, salvageMemory } from './salvage.ts'
import type { Usage } from './usage.ts'
import { WatchedRun } from './watched-run.ts'

export type DynoSurroundings = {
  /** A folder per dyno below it. */
  dir: string
  /** Where the sockets of attached dynos are. */
  runDir: string
  slugOf: (digest: string | null, mind: { hasCrashed: boolean }) => Promise<Unpacked>
  ports: Ports
  append: LogWriter['append']
  progress: OutputProgress
  backOff: BackOff
  log: Log
  onReport: (report: DynoReport) => void
  attachLimitMs: number
  usageLogEveryMs: number | undefined
}

/** One wanted dyno: started, watched, started again when it ends by itself, stopped when it is wanted no more. */
export class ProcessDyno {
  wanted: WantedDyno
  readonly #around: DynoSurroundings
  readonly #dir: string
  readonly #memory: DynoMemory
  readonly #said: DynoLog
  readonly #stopping = new AbortController()
  readonly #leaving = new AbortController()
  /** Either of the two. */
  readonly #ending = AbortSignal.any([this.#stopping.signal, this.#leaving.signal])
  #watched: WatchedRun | undefined
  #life: Promise<void> | undefined
  /** The last writing down of what is known; they take turns. */
  #keeping: Promise<void> = Promise.resolve()

  constructor(wanted: WantedDyno, around: DynoSurroundings, memory: DynoMemory) {
    this.wanted = wanted
    this.#around = around
    this.#dir = join(around.dir, wanted.id)
    this.#memory = memory
    this.#said = openDynoLog(wanted, around.append)
  }

  report(): DynoReport {
    return presentMemory(this.wanted.id, this.#memory)
  }

  /** Of what was wanted only these may be others while it runs: marks, size of the terminal, whether usage is logged. */
  update(wanted: WantedDyno): void {
    const { isMarked, isResized, isMeasured } = changesOf(this.wanted, wanted)
    if (!isMarked && !isResized && !isMeasured) return
    const { marks = {}, tty, logsUsage = false } = wanted
    this.wanted = { ...this.wanted, marks, tty, logsUsage }
    this.#watched?.update(this.wanted)
    if (isMarked) this.#said.mark(marks)
    if (isResized && tty) this.#watched?.resize(tty)
    if (this.#memory.isRunning) void this.#keep()
  }

  /** Resolves when it was stopped, was left or, if it runs once, has ended. Safe to call again. */
  begin(): Promise<void> {
    return (this.#life ??= this.#live())
  }

  /** SIGTERM to all its processes, SIGKILL after its limit. Resolves when nothing of it is left. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    void this.#watched?.terminate()
    await this.begin()
  }

  /** Lets it run on, for the next engine. Resolves when nothing of this one touches it any more. */
  async leave(): Promise<void> {
    this.#leaving.abort()
    this.#watched?.leave()
    await this.begin()
  }

  /** Nothing of it runs, and nothing will. */
  hasEnded(): boolean {
    return this.#memory.state === 'down' || this.#memory.state === 'complete'
  }

  /** What it has used since it was examined last; undefined if nothing of it runs. */
  async examine(): Promise<Usage | undefined> {
    return this.#watched?.examine()
  }

  async #live(): Promise<void> {
    if (this.#memory.runs === 0)
      Object.assign(this.#memory, await salvageMemory(this.#around.dir, this.wanted))
    if (this.hasEnded()) return this.#around.onReport(this.report())
    let found = await this.#findRun()
    for (;;) {
      const ending = found || this.#mayStart() ? await this.#liveOnce(found) : NEVER_RAN
      const hadStarted = this.#memory.runs > 0
      found = undefined
      if (this.#leaving.signal.aborted) return
      if (this.#stopping.signal.aborted) return this.#finish('down', ending)
      if (this.wanted.kind === 'once')
        return this.#finish('complete', ending === NEVER_RAN && hadStarted ? LOST : ending)
      await this.#waitToStartAgain(ending)
    }
  }

  #mayStart(): boolean {
    if (this.#ending.aborted) return false
    return this.wanted.kind === 'kept' || this.#memory.runs === 0
  }

  /** What an engine before this one has started. If it is gone, so is all that it left. */
  async #findRun(): Promise<DynoRun | undefined> {
    const run = this.#memory.isRunning ? await findRun(this.#place()) : undefined
    if (run) return run
    await this.#clear()
    if (this.#memory.state === 'crashed') await this.#backOff()
    else if (this.#memory.state === 'up') await this.#become('starting', NEVER_RAN)
    return undefined
  }

  async #liveOnce(found: DynoRun | undefined): Promise<Ending> {
    try {
      if (found) return await this.#watch(found, { isAdopted: true })
      return await (this.wanted.attached ? this.#runForClient() : this.#run())
    } catch (error) {
      const reason = whyNotStarted(error)
      this.#said.say(error instanceof DamagedArtifactError ? `Error ${reason}` : reason)
      this.#around.log.warn({ err: error, dyno: this.wanted.id }, 'a dyno could not be started')
      await endProcesses(this.#place()).catch(() => {})
      return { exitStatus: 126, reason, ranMs: 0 }
    }
  }

  async #run(): Promise<Ending> {
    return this.#watch(await this.#start(), { isAdopted: false })
  }

  async #runForClient(): Promise<Ending> {
    const { runDir, attachLimitMs } = this.#around
    const client = await admitClient(
      { runDir, wanted: this.wanted, limitMs: attachLimitMs },
      this.#ending,
    )
    if (this.#ending.aborted) return NEVER_RAN
    if (!client) {
      const reason = 'R13 (Attach error) -> Failed to attach to process'
      this.#said.say(`Error ${reason}`)
      return { exitStatus: 137, reason, ranMs: 0 }
    }
    try {
      const run = await this.#start()
      client.join(run, () => void this.#watched?.terminate())
      return await this.#watch(run, { isAdopted: false })
    } finally {
      client.dismiss()
    }
  }

  async #start(): Promise<DynoRun> {
    const hasCrashed = this.#memory.crashes > 0
    const slug = await this.#around.slugOf(this.wanted.digest, { hasCrashed })
    if (this.wanted.web) await this.#takePort()
    await this.#noteStart()
    this.#said.say(`Starting process with command \`${this.wanted.command}\``)
    const { port } = this.#memory
    const spec = buildDynoSandbox(this.wanted, slug, port)
    return startRun(this.#place(), { spec, port, isAttached: this.wanted.attached })
  }

  async #takePort(): Promise<void> {
    const before = this.#memory.port
    if (before !== undefined) this.#around.ports.release(before)
    this.#memory.port = await this.#around.ports.take(before)
  }

  /** On disk before anything is started: what runs once must never do so twice, whatever is killed when. */
  async #noteStart(): Promise<void> {
    this.#memory.runs += 1
    this.#memory.isRunning = true
    await this.#keep()
    if (this.wanted.kind === 'once')
      await keepDynoDurably(this.#dir, { wanted: this.wanted, memory: this.#memory })
  }

  /** Until it has ended, or this engine has. */
  async #watch(run: DynoRun, { isAdopted }: { isAdopted: boolean }): Promise<Ending> {
    const { port, state } = this.#memory
    if (isAdopted && port !== undefined) this.#around.ports.keep(port)
    const watched = new WatchedRun(run, {
      wanted: this.wanted,
      isAdopted,
      usageLogEveryMs: this.#around.usageLogEveryMs,
      port,
      onUp: state === 'up' ? undefined : (host) => this.#becomeUp(host),
      said: this.#said,
      progress: this.#around.progress,
      log: this.#around.log,
    })
    this.#watched = watched
    // Whoever was attached was so to the engine before.
    if (this.#stopping.signal.aborted || (isAdopted && this.wanted.attached))
      void watched.terminate()
    if (this.#leaving.signal.aborted) watched.leave()
    const ending = await watched.ending
    this.#watched = undefined
    return ending ?? NEVER_RAN
  }

  #becomeUp(host: string): void {
    this.#memory.host = host
    this.#said.say(`State changed from ${this.#memory.state} to up`)
    void this.#become('up', NEVER_RAN)
  }

  async #waitToStartAgain(ending: Ending): Promise<void> {
    const { resetAfterMs } = this.#around.backOff
    const wasHealthy = this.#memory.state === 'up' && ending.ranMs >= resetAfterMs
    this.#memory.crashes = wasHealthy ? 1 : this.#memory.crashes + 1
    this.#said.say(`State changed from ${this.#memory.state} to crashed`)
    await this.#settle('crashed', ending)
    await this.#backOff()
  }

  /** What is left of it, if an engine before this one has waited already; nothing once the machine was started again. */
  async #backOff(): Promise<void> {
    const delayMs = this.#around.backOff.delayMs(this.#memory.crashes)
    const waitedMs = msSince(this.#memory.changedAt)
    await pause(Math.max(0, delayMs - waitedMs), undefined, { signal: this.#ending }).catch(
      () => {},
    )
    if (this.#ending.aborted) return
    this.#memory.restarts += 1
    this.#said.say('State changed from crashed to starting')
    await this.#become('starting', this.#memory)
  }

  async #finish(state: 'down' | 'complete', ending: Ending): Promise<void> {
    if (this.#memory.port !== undefined) this.#around.ports.release(this.#memory.port)
    if (ending !== NEVER_RAN) this.#said.say(`State changed from ${this.#memory.state} to ${state}`)
    await this.#settle(state, ending)
  }

  /** How it ended is on disk before the disk forgets what it was. */
  async #settle(state: DynoState, ending: Ending): Promise<void> {
    this.#memory.isRunning = false
    await this.#become(state, ending)
    await this.#clear()
  }

  async #become(
    state: DynoState,
    { exitStatus, reason }: Pick<DynoMemory, 'exitStatus' | 'reason'>,
  ): Promise<void> {
    const at = new Date().toISOString()
    Object.assign(this.#memory, { state, exitStatus, reason, at, changedAt: thisMoment() })
    this.#around.onReport(this.report())
    await this.#keep()
  }

  /** A full disk costs what the next engine knows, not the dyno. */
  #keep(): Promise<void> {
    const write = () => keepDyno(this.#dir, { wanted: this.wanted, memory: this.#memory })
    this.#keeping = this.#keeping.then(write).catch((error: unknown) => {
      this.#around.log.warn(
        { err: error, dyno: this.wanted.id },
        'a dyno could not be written down',
      )
    })
    return this.#keeping
  }

  async #clear(): Promise<void> {
    try {
      await endProcesses(this.#place())
      await removeRuns(this.#dir)
    } catch (error) {
      this.#around.log.warn({ err: error, dyno: this.wanted.id }, 'a dyno left something behind')
    }
  }

  #place(): RunPlace {
    return runPlace(this.#around.dir, this.wanted.id, this.#memory.runs)
  }
}

const whyNotStarted = (error: unknown): string =>
  error instanceof DamagedArtifactError
    ? `R17 (Checksum error) -> ${error.message}`
    : `It could not be started: ${messageOf(error)}`

const changesOf = (before: WantedDyno, now: WantedDyno) => ({
  isMarked: !isDeepStrictEqual(now.marks ?? {}, before.marks ?? {}),
  isResized: !isDeepStrictEqual(now.tty, before.tty),
  isMeasured: (now.logsUsage ?? false) !== (before.logsUsage ?? false),
})
