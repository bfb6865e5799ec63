import { setTimeout as pause } from 'node:timers/promises'
import type { Log } from '#/foundation/log.ts'
import type { ProcessRecord } from '#/foundation/keeper-state.ts'
import type { ProcessIdentity } from '#/foundation/process-identity.ts'
import { messageOf } from '#/foundation/errors.ts'
import { countDeaths, pauseAfter } from './back-off.ts'
import { isAccepting } from './is-accepting.ts'
import type { ProcessSpec } from './process-spec.ts'
import { adoptProcess, endProcess, startProcess, type RunningProcess } from './running-process.ts'

/** What a managed process needs of its keeper. */
export type ManagedBy = {
  logPath: (name: string) => string
  /** Called whenever what runs has changed; resolves once it is on disk. */
  onChange: () => Promise<void>
  log: Log
}

const PORT_DESCRIPTOR = 3
/** Of one that lives: a small machine may take a minute for what takes a second here. */
const READY_LIMIT_MS = 120_000
const LOOK_EVERY_MS = 20
/** Deaths before it is first ready after which `untilReady` says what is wrong. */
const GIVE_UP_AFTER_DEATHS = 3

/** Keeps one process running: starts it, starts it again when it dies, replaces it, ends it. */
export class ManagedProcess {
  readonly spec: ProcessSpec
  readonly #by: ManagedBy
  readonly #leaving = new Set<ProcessIdentity>()
  readonly #stopping = new AbortController()
  #current: RunningProcess | undefined
  /** Resolved when `#current` is no longer the one that is watched. */
  #replaced = Promise.withResolvers<void>()
  #loop: Promise<void> | undefined
  #isEndPlanned = false
  /** In a row, which decides how long to wait. */
  #recentDeaths = 0
  #deaths = 0
  #lastFailure = ''

  constructor(spec: ProcessSpec, by: ManagedBy) {
    this.spec = spec
    this.#by = by
  }

  /** For the next keeper; undefined if it does not run. */
  get record(): ProcessRecord | undefined {
    if (!this.#current) return undefined
    const { identity, startedAt } = this.#current
    return { ...identity, startedAt, deaths: this.#deaths }
  }

  get leaving(): ProcessIdentity[] {
    return [...this.#leaving]
  }

  /** Takes one that runs already instead of starting it. */
  adopt({ pid, startTime, startedAt, deaths }: ProcessRecord): void {
    this.#current = adoptProcess({ pid, startTime }, startedAt)
    this.#deaths = deaths
  }

  /** From now on it runs, whatever happens to it. */
  start(): void {
    this.#loop ??= this.#keepRunning()
  }

  /** Resolves once it does its work; throws with the reason if it keeps dying before, or does not come so far. */
  async untilReady(): Promise<void> {
    const deadline = performance.now() + READY_LIMIT_MS
    const before = this.#deaths
    while (!this.#isReady(this.#current)) {
      if (this.#deaths - before >= GIVE_UP_AFTER_DEATHS || performance.now() > deadline)
        throw new Error(
          `The ${this.spec.name} does not start: ${this.#lastFailure || 'it is slow'}`,
        )
      await pause(LOOK_EVERY_MS)
    }
  }

  /** Puts a new process in the place of the one that runs. If that is done side by side and fails, the old one stays. */
  async replace(): Promise<void> {
    const old = this.#current
    if (this.spec.succession === 'never' || !old) return
    if (this.spec.succession === 'beside') await this.#startBeside(old)
    else await this.#startAfter(old)
  }

  /** Ends it for good, and those whose place it has taken. */
  async stop(): Promise<void> {
    const { stopSignal: signal, stopLimitMs: limitMs } = this.spec
    this.#stopping.abort()
    await Promise.all([
      ...this.leaving.map((one) => endProcess(adoptProcess(one, ''), { signal, limitMs })),
      this.#current && this.#end(this.#current, limitMs),
    ])
    await this.#loop
  }

  async #keepRunning(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const process = this.#current ?? (await this.#tryToStart())
      if (process) {
        if (this.#stopping.signal.aborted) await this.#end(process, this.spec.stopLimitMs)
        this.#replaced = Promise.withResolvers()
        const reason = await Promise.race([process.died, this.#replaced.promise])
        if (this.#current !== process) continue
        this.#noteDeath(process, reason ?? '')
      }
      this.#current = undefined
      if (this.#stopping.signal.aborted) break
      await this.#by.onChange()
      await this.#pauseBeforeStart()
    }
    await this.#by.onChange()
  }

  async #tryToStart(): Promise<RunningProcess | undefined> {
    try {
      this.#current = await this.#startOne()
      if (this.#current) await this.#by.onChange()
      return this.#current
    } catch (error) {
      this.#lastFailure = messageOf(error)
      this.#recentDeaths = countDeaths(this.#recentDeaths, 0)
      this.#deaths += 1
      this.#by.log.error({ err: error, processName: this.spec.name }, 'cannot be started')
      return undefined
    }
  }

  async #startOne(): Promise<RunningProcess | undefined> {
    const { signal } = this.#stopping
    try {
      await this.spec.prepare?.(signal)
    } catch (error) {
      if (!signal.aborted) throw error
    }
    if (signal.aborted) return undefined
    return startProcess(this.spec, this.#by.logPath(this.spec.name))
  }

  #noteDeath(process: RunningProcess, reason: string): void {
    const { pid } = process.identity
    if (this.#stopping.signal.aborted) return
    if (this.#isEndPlanned) {
      this.#isEndPlanned = false
      this.#recentDeaths = 0
      return
    }
    this.#lastFailure = reason
    this.#recentDeaths = countDeaths(this.#recentDeaths, performance.now() - process.seenSince)
    this.#deaths += 1
    this.#by.log.warn({ processName: this.spec.name, pid, reason }, 'has died')
  }

  async #pauseBeforeStart(): Promise<void> {
    const { signal } = this.#stopping
    await pause(pauseAfter(this.#recentDeaths), undefined, { signal }).catch(() => {})
  }

  #isReady(process: RunningProcess | undefined): boolean {
    if (!process) return false
    if (this.spec.isReady) return this.spec.isReady(process.identity)
    return (this.spec.ports ?? []).every((_port, at) =>
      isAccepting(process.identity.pid, PORT_DESCRIPTOR + at),
    )
  }

  async #startBeside(old: RunningProcess): Promise<void> {
    const successor = await this.#startOne()
    if (!successor) return
    const failure = await this.#untilReadyOrDead(successor)
    if (failure !== undefined) {
      await endProcess(successor, { signal: 'SIGKILL', limitMs: 0 })
      throw new Error(`The new ${this.spec.name} does not start, so the old one stays: ${failure}`)
    }
    this.#current = successor
    this.#replaced.resolve()
    await this.#letLeave(old)
  }

  async #untilReadyOrDead(process: RunningProcess): Promise<string | undefined> {
    let death: string | undefined
    void process.died.then((reason) => (death = reason))
    const deadline = performance.now() + READY_LIMIT_MS
    while (!this.#isReady(process)) {
      if (death !== undefined || performance.now() > deadline) return death ?? 'it is slow'
      await pause(LOOK_EVERY_MS)
    }
    return undefined
  }

  /** It takes no more work, but may go on with what it has begun; nobody waits for it. */
  async #letLeave(old: RunningProcess): Promise<void> {
    this.#leaving.add(old.identity)
    await this.#by.onChange()
    const { leaveSignal, stopSignal, leaveLimitMs } = this.spec
    const ending = { signal: leaveSignal ?? stopSignal, limitMs: leaveLimitMs }
    void endProcess(old, ending).then(() => {
      this.#leaving.delete(old.identity)
      return this.#by.onChange()
    })
  }

  #end(process: RunningProcess, limitMs = this.spec.leaveLimitMs): Promise<void> {
    return endProcess(process, { signal: this.spec.stopSignal, limitMs })
  }

  async #startAfter(old: RunningProcess): Promise<void> {
    this.#isEndPlanned = true
    await this.#end(old)
    while (this.#current === old) await pause(LOOK_EVERY_MS)
    await this.untilReady()
  }
}
