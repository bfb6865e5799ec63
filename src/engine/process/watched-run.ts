import { setTimeout as pause } from 'node:timers/promises'
import type { Log } from '#/foundation/log.ts'
import { isAlive } from '#/foundation/process-identity.ts'
import type { WantedDyno } from '#/platform/dyno/engine.ts'
import { outOfMemoryKills } from '#/sandbox/cgroups.ts'
import type { DynoLog } from './dyno-log.ts'
import {
  ageOf,
  endProcesses,
  exitStatusOf,
  killRun,
  terminateRun,
  type DynoRun,
} from './dyno-run.ts'
import type { Ending } from './ending.ts'
import { Examination } from './examination.ts'
import { followOutput, type FollowedOutput } from './follow-output.ts'
import type { OutputProgress } from './output-progress.ts'
import { untilAnswering } from './health-check.ts'
import { innerProcesses, type InnerProcess } from './process-tree.ts'
import { untilEntered, untilListening } from './readiness.ts'
import { UsageLog } from './usage-log.ts'
import { resizeTerminal, type TerminalSize } from './resize-terminal.ts'
import { UsageSampler, type Usage } from './usage.ts'

export type WatchOptions = {
  wanted: WantedDyno
  /** An engine before this one has started it. */
  isAdopted: boolean
  /** It is up once it listens there; undefined: it is up at once. */
  port: number | undefined
  /** Called once, with the address it listens on; not at all if it was up already for an engine before. */
  onUp: ((host: string) => void) | undefined
  said: DynoLog
  /** How often what it uses is logged, if that is wanted; undefined: as on Heroku. */
  usageLogEveryMs: number | undefined
  progress: OutputProgress
  log: Log
}

/** No end that we bring about is a success, whatever the app says. */
const TERMINATED = 128 + 15

/** A run under our eyes: its output, its health, its limits, its end. */
export class WatchedRun {
  readonly run: DynoRun
  /** Resolves when nothing of it runs any more; undefined if it was left to the next engine. */
  readonly ending: Promise<Ending | undefined>
  readonly #options: WatchOptions
  readonly #examination = new Examination()
  readonly #sampler: UsageSampler
  readonly #usageLog: UsageLog
  readonly #leaving = new AbortController()
  readonly #done = new AbortController()
  #terminating: Promise<void> | undefined
  #reason: string | null = null
  /** What its health check has said, if that is why it is not up. */
  #unhealthy: string | undefined
  #resizing: Promise<void> = Promise.resolve()

  constructor(run: DynoRun, options: WatchOptions) {
    this.run = run
    this.#options = options
    this.#sampler = new UsageSampler(options.isAdopted)
    this.#usageLog = new UsageLog(options)
    this.ending = this.#watch()
  }

  /** SIGTERM to all its processes, SIGKILL after its limit. Safe to call again. */
  terminate(): Promise<void> {
    return (this.#terminating ??= this.#terminate())
  }

  leave(): void {
    this.#leaving.abort()
  }

  /** Whether its usage is logged may change while it runs. */
  update(wanted: WantedDyno): void {
    this.#usageLog.wanted = wanted
  }

  /** One after the other, so that the last is what stays. */
  resize(size: TerminalSize): void {
    this.#resizing = this.#resizing
      .then(() => resizeTerminal(this.run.supervisor, size))
      .catch((error: unknown) => {
        this.#options.log.warn({ err: error }, 'a terminal could not be resized')
      })
  }

  /** Looks after what nothing tells of by itself, and what it uses. To be called now and then. */
  async examine(): Promise<Usage> {
    const processes = innerProcesses(this.run.supervisor.pid)
    await this.#judge(processes)
    const usage = await this.#sampler.sample(this.run.place.name, processes)
    await this.#usageLog.note(usage, this.run.place.name)
    return usage
  }

  async #judge(processes: InnerProcess[]): Promise<void> {
    const { wanted } = this.#options
    const finding = await this.#examination.examine(this.run, processes, wanted)
    if (!finding || this.#terminating || this.#done.signal.aborted) return
    if (!finding.isFatal) return this.#options.said.say(`Error ${finding.text}`)
    this.#fail(finding.text)
    await this.#kill()
  }

  async #watch(): Promise<Ending | undefined> {
    const { attached } = this.#options.wanted
    const output = attached ? undefined : await this.#followOutput().catch(this.#withoutOutput)
    const watching = Promise.all([this.#becomeUp(), this.#limitTime()])
    await Promise.race([this.run.over, untilAborted(this.#leaving.signal)])
    this.#done.abort()
    await watching
    if (!this.#leaving.signal.aborted) return this.#end(output)
    await output?.leave()
    return undefined
  }

  #followOutput(): Promise<FollowedOutput> {
    const { said, progress, log } = this.#options
    return followOutput({
      dir: this.run.place.dir,
      print: said.print,
      cutOf: said.cutOf,
      onDropped: (bytes) =>
        said.say(`Error L10 (output buffer overflow): ${bytes} bytes of output were dropped`),
      progress,
      log,
    })
  }

  readonly #withoutOutput = (error: unknown): undefined => {
    this.#options.log.warn({ err: error, dyno: this.#options.wanted.id }, 'no output can be read')
  }

  async #end(output: FollowedOutput | undefined): Promise<Ending> {
    const ranMs = ageOf(this.run)
    const { name } = this.run.place
    const status = await exitStatusOf(this.run)
    if (this.#reason === null && status === KILLED && (await outOfMemoryKills(name)) > 0)
      this.#fail('R15 (Memory quota vastly exceeded)')
    await endProcesses(this.run.place)
    await output?.finish()
    this.#options.said.say(`Process exited with status ${status}`)
    const isForced = this.#reason !== null && status === 0
    return { exitStatus: isForced ? TERMINATED : status, reason: this.#reason, ranMs }
  }

  async #becomeUp(): Promise<void> {
    const { onUp, wanted } = this.#options
    if (!onUp) return
    const host = await this.#untilReady()
    if (this.#done.signal.aborted || this.#terminating) return
    if (host !== undefined) return onUp(host)
    const seconds = Math.round(wanted.bootLimitMs / 1000)
    const what = this.#unhealthy ?? 'Web process failed to bind to $PORT'
    this.#fail(`R10 (Boot timeout) -> ${what} within ${seconds} seconds of launch`)
    await this.#kill()
  }

  /** With the address to reach it at; undefined if that takes too long. */
  async #untilReady(): Promise<string | undefined> {
    const { port } = this.#options
    const { signal } = this.#done
    if (port !== undefined) return this.#untilHealthy(port)
    await untilEntered(this.run, signal)
    return LOOPBACK
  }

  async #untilHealthy(port: number): Promise<string | undefined> {
    const { bootLimitMs, healthPath } = this.#options.wanted
    const { signal } = this.#done
    const began = performance.now()
    const host = await untilListening(this.run, { port, limitMs: bootLimitMs }, signal)
    if (host === undefined || healthPath === undefined) return host
    const limitMs = bootLimitMs - (performance.now() - began)
    const answer = await untilAnswering({ host, port, path: healthPath, limitMs }, signal)
    if (answer === undefined) return host
    this.#unhealthy = `Web process answered GET ${healthPath} with ${answer}`
    return undefined
  }

  /** Counted from its start, also if an engine before this one has started it. */
  async #limitTime(): Promise<void> {
    const { timeLimitMs } = this.#options.wanted
    if (timeLimitMs === null) return
    await isAbortedWithin(Math.max(0, timeLimitMs - ageOf(this.run)), this.#done.signal)
    if (this.#done.signal.aborted || this.#terminating) return
    this.#fail(`It took longer than ${Math.round(timeLimitMs / 1000)} seconds`)
    await this.terminate()
  }

  async #terminate(): Promise<void> {
    const { said, wanted } = this.#options
    said.say('Stopping all processes with SIGTERM')
    await terminateRun(this.run)
    const deadline = performance.now() + wanted.stopLimitMs
    while (isAlive(this.run.supervisor) && !this.#leaving.signal.aborted) {
      if (performance.now() < deadline) await pause(LOOK_MS)
      else return this.#overrun()
    }
  }

  async #overrun(): Promise<void> {
    const { said } = this.#options
    this.#fail('R12 (Exit timeout) -> At least one process failed to exit in time after SIGTERM')
    said.say('Stopping remaining processes with SIGKILL')
    await killRun(this.run)
  }

  async #kill(): Promise<void> {
    this.#options.said.say('Stopping process with SIGKILL')
    await killRun(this.run)
  }

  /** Says what went wrong, for the log and for the report; the first that did is the reason. */
  #fail(what: string): void {
    this.#reason ??= what
    this.#options.said.say(`Error ${what}`)
  }
}

const LOOPBACK = '127.0.0.1'
const KILLED = 128 + 9
const LOOK_MS = 10

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })

/** Timers cannot wait longer than 2^31 ms. */
const isAbortedWithin = async (ms: number, signal: AbortSignal): Promise<boolean> => {
  await pause(Math.min(ms, 2 ** 31 - 1), undefined, { signal }).catch(() => {})
  return signal.aborted
}
