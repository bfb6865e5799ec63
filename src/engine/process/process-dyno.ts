import type { ChildProcess } from 'node:child_process'
import { watch } from 'node:fs'
import { mkdir, open, rm, writeFile } from 'node:fs/promises'
import type net from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Unpacked } from '#/artifact-store/artifact-store.ts'
import { hostEnvironment } from '#/foundation/config.ts'
import { messageOf } from '#/foundation/errors.ts'
import { ended, start } from '#/foundation/exec.ts'
import type { Log } from '#/foundation/log.ts'
import { isAlive, type ProcessIdentity } from '#/foundation/process-identity.ts'
import type { LogLine } from '#/log-store/log-line.ts'
import { redactor } from '#/log-store/redactor.ts'
import {
  attachSocketPath,
  type DynoReport,
  type DynoState,
  type WantedDyno,
} from '#/platform/dyno/engine.ts'
import { cgroupProcesses, removeCgroup, wasOutOfMemory } from '#/sandbox/cgroups.ts'
import { prepareSandbox } from '#/sandbox/prepare-sandbox.ts'
import { acceptOne, join as joinStreams } from './attach.ts'
import type { BackOff } from './back-off.ts'
import { buildDynoSandbox } from './dyno-sandbox.ts'
import { keepState, type DynoMemory } from './dyno-memory.ts'
import { OutputTail } from './output-tail.ts'
import { listeningPorts, type Ports } from './ports.ts'
import { killAll, signal, terminateAll } from './process-tree.ts'
import { readExitStatus, readIdentity } from './run-dir.ts'

export type DynoSurroundings = {
  /** A folder per dyno below it. */
  dir: string
  /** Where the sockets of attached dynos are. */
  runDir: string
  slugOf: (digest: string | null) => Promise<Unpacked>
  ports: Ports
  append: (appId: string, line: LogLine) => void
  backOff: BackOff
  log: Log
  onReport: (report: DynoReport) => void
  attachLimitMs: number
}

const SUPERVISOR = fileURLToPath(new URL('./supervisor.sh', import.meta.url))
const ADOPTED_LOOK_MS = 300
const SETTLE_MS = 5_000

type Ending = { exitStatus: number; reason: string | null }

/** One wanted dyno: started, watched, started again when it ends by itself, stopped when it is wanted no more. */
export class ProcessDyno {
  readonly wanted: WantedDyno
  readonly #around: DynoSurroundings
  readonly #dir: string
  readonly #memory: DynoMemory
  readonly #redact: (text: string) => string
  readonly #stopping = new AbortController()
  #supervisor: ProcessIdentity | undefined
  /** Why this end was brought about, when it was. */
  #reason: string | null = null
  #life: Promise<void> | undefined

  constructor(wanted: WantedDyno, around: DynoSurroundings, memory: DynoMemory) {
    this.wanted = wanted
    this.#around = around
    this.#dir = join(around.dir, wanted.id)
    this.#memory = memory
    this.#redact = redactor(wanted.env)
  }

  report(): DynoReport {
    const { state, port, exitStatus, reason, restarts, at } = this.#memory
    return {
      id: this.wanted.id,
      state,
      address: port === undefined ? null : { host: '127.0.0.1', port },
      exitStatus,
      reason,
      restarts,
      at,
    }
  }

  /** Lives until it is stopped or, if it runs once, has ended. Safe to call again. */
  begin(): Promise<void> {
    this.#life ??= this.#live().catch((error: unknown) => {
      this.#around.log.error({ err: error, dyno: this.wanted.id }, 'a dyno is given up')
      return this.#become('down', { reason: messageOf(error) })
    })
    return this.#life
  }

  /** SIGTERM to all its processes, SIGKILL after its limit. Resolves when nothing of it is left. */
  async stop(): Promise<void> {
    if (!this.#stopping.signal.aborted) {
      this.#stopping.abort()
      if (this.#supervisor) void this.#terminate(this.#supervisor)
    }
    await this.begin()
  }

  async #live(): Promise<void> {
    // It had ended before, and nobody has taken note of that yet.
    if (this.#memory.state === 'down' || this.#memory.state === 'complete')
      return this.#around.onReport(this.report())
    await mkdir(this.#dir, { recursive: true, mode: 0o700 })
    let adopted = await this.#findRun()
    for (;;) {
      if (!adopted && this.wanted.kind === 'once' && this.#memory.runs > 0) return this.#lost()
      if (!adopted && this.#stopping.signal.aborted) return this.#finish('down', null)
      const ending = await this.#oneRun(adopted)
      adopted = undefined
      if (this.#stopping.signal.aborted) return this.#finish('down', ending)
      if (this.wanted.kind === 'once') return this.#finish('complete', ending)
      await this.#waitToStartAgain(ending)
    }
  }

  /** A run that an engine before this one had started, whether it still goes on or has ended since. */
  async #findRun(): Promise<{ identity: ProcessIdentity; isOver: boolean } | undefined> {
    if (this.#memory.runs === 0 || !this.#memory.isRunning) return undefined
    const deadline = performance.now() + SETTLE_MS
    let identity = await readIdentity(this.#runDir())
    // The engine before may have been killed just after it had started the supervisor.
    while (
      !identity &&
      performance.now() < deadline &&
      cgroupProcesses(this.#cgroup()).length > 0
    ) {
      await pause(20)
      identity = await readIdentity(this.#runDir())
    }
    return identity ? { identity, isOver: !isAlive(identity) } : undefined
  }

  async #oneRun(
    adopted: { identity: ProcessIdentity; isOver: boolean } | undefined,
  ): Promise<Ending> {
    this.#reason = null
    const tail = await this.#openTail()
    try {
      if (adopted) return await this.#watchAdopted(adopted, tail)
      const client = this.wanted.attached ? await this.#awaitClient() : undefined
      if (this.wanted.attached && !client) return { exitStatus: 137, reason: this.#reason }
      return await this.#startAndWatch(tail, client)
    } catch (error) {
      this.#say(`Could not start: ${messageOf(error)}`)
      return { exitStatus: 126, reason: `could not start: ${messageOf(error)}` }
    } finally {
      await tail.drain().catch(() => {})
      await tail.close()
      await this.#cleanUp()
    }
  }

  async #awaitClient(): Promise<net.Socket | undefined> {
    const client = await acceptOne(
      attachSocketPath(this.#around.runDir, this.wanted.id),
      this.#around.attachLimitMs,
      this.#stopping.signal,
    )
    if (!client && !this.#stopping.signal.aborted)
      this.#fail('R13 (Attach error)', 'Failed to attach to process')
    return client
  }

  async #startAndWatch(tail: OutputTail, client: net.Socket | undefined): Promise<Ending> {
    const slug = await this.#around.slugOf(this.wanted.digest)
    if (this.wanted.web) {
      const before = this.#memory.port
      if (before !== undefined) this.#around.ports.release(before)
      this.#memory.port = await this.#around.ports.take(before)
    }
    this.#memory.runs += 1
    this.#memory.isRunning = true
    await this.#keep({ durable: this.wanted.kind === 'once' })
    const runDir = this.#runDir()
    await rm(runDir, { recursive: true, force: true })
    const command = await prepareSandbox(
      runDir,
      this.#cgroup(),
      buildDynoSandbox(this.wanted, slug, this.#memory.port),
    )
    this.#say(`Starting process with command \`${this.#redact(this.wanted.command)}\``)
    const child = await this.#spawn(command, client)
    const over = ended(child)
    this.#supervisor = await this.#identify(over)
    if (this.#stopping.signal.aborted && this.#supervisor) void this.#terminate(this.#supervisor)
    const done = new AbortController()
    const readiness = this.#becomeUp(done.signal)
    await over
    done.abort()
    await readiness
    return this.#endingOf(tail)
  }

  async #spawn(
    command: [string, ...string[]],
    client: net.Socket | undefined,
  ): Promise<ChildProcess> {
    const args = [SUPERVISOR, this.#runDir(), ...command]
    const options = { detached: true, env: hostEnvironment(), cwd: '/' }
    if (client) {
      const child = start('/bin/sh', args, { ...options, stdio: 'pipe' })
      joinStreams(client, child, { hasTerminal: this.wanted.tty !== null })
      client.once('close', () => this.#supervisor && void this.#terminate(this.#supervisor))
      return child
    }
    const output = await open(this.#outputPath(), 'a', 0o600)
    try {
      return start('/bin/sh', args, { ...options, stdio: ['ignore', output.fd, output.fd] })
    } finally {
      await output.close()
    }
  }

  /** The supervisor writes down who it is before anything else. */
  async #identify(over: Promise<unknown>): Promise<ProcessIdentity | undefined> {
    let isOver = false
    void over.then(() => (isOver = true))
    for (;;) {
      const identity = await readIdentity(this.#runDir())
      if (identity || isOver) return identity
      await pause(1)
    }
  }

  async #watchAdopted(
    { identity, isOver }: { identity: ProcessIdentity; isOver: boolean },
    tail: OutputTail,
  ): Promise<Ending> {
    if (this.#memory.port !== undefined) this.#around.ports.keep(this.#memory.port)
    this.#supervisor = identity
    if (this.#stopping.signal.aborted) void this.#terminate(identity)
    const done = new AbortController()
    const readiness =
      isOver || this.#memory.state === 'up' ? Promise.resolve() : this.#becomeUp(done.signal)
    while (isAlive(identity)) await pause(ADOPTED_LOOK_MS)
    done.abort()
    await readiness
    return this.#endingOf(tail)
  }

  async #endingOf(tail: OutputTail): Promise<Ending> {
    const exitStatus = (await readExitStatus(this.#runDir())) ?? 137
    this.#supervisor = undefined
    await tail.drain()
    if (await wasOutOfMemory(this.#cgroup())) this.#fail('R15 (Memory quota vastly exceeded)')
    this.#say(`Process exited with status ${exitStatus}`)
    return { exitStatus, reason: this.#reason }
  }

  /** Up once something listens on its port, or, if it has none, once it runs. Too late is R10. */
  async #becomeUp(signal: AbortSignal): Promise<void> {
    const deadline = performance.now() + this.wanted.bootLimitMs
    const began = performance.now()
    while (!signal.aborted && !(await this.#isListening())) {
      if (performance.now() > deadline) return this.#bootTimeout()
      await pause(performance.now() - began < 3_000 ? 4 : 25)
    }
    if (signal.aborted || this.#stopping.signal.aborted) return
    this.#say(`State changed from ${this.#memory.state} to up`)
    await this.#become('up', { exitStatus: null, reason: null })
  }

  async #isListening(): Promise<boolean> {
    return this.#memory.port === undefined || (await listeningPorts()).has(this.#memory.port)
  }

  #bootTimeout(): void {
    const seconds = Math.round(this.wanted.bootLimitMs / 1000)
    this.#fail(
      'R10 (Boot timeout)',
      `Web process failed to bind to $PORT within ${seconds} seconds of launch`,
    )
    this.#say('Stopping process with SIGKILL')
    if (this.#supervisor) killAll(this.#supervisor.pid)
  }

  async #terminate(supervisor: ProcessIdentity): Promise<void> {
    this.#say('Stopping all processes with SIGTERM')
    terminateAll(supervisor.pid)
    const deadline = performance.now() + this.wanted.stopLimitMs
    while (isAlive(supervisor) && performance.now() < deadline) await pause(20)
    if (!isAlive(supervisor)) return
    this.#fail(
      'R12 (Exit timeout)',
      'At least one process failed to exit within its time after SIGTERM',
    )
    this.#say('Stopping remaining processes with SIGKILL')
    killAll(supervisor.pid)
  }

  async #waitToStartAgain(ending: Ending): Promise<void> {
    const ranMs = Date.now() - Date.parse(this.#memory.at)
    const wasHealthy = this.#memory.state === 'up' && ranMs >= this.#around.backOff.resetAfterMs
    this.#memory.crashes = wasHealthy ? 1 : this.#memory.crashes + 1
    this.#say(`State changed from ${this.#memory.state} to crashed`)
    await this.#become('crashed', ending)
    await pause(this.#around.backOff.delayMs(this.#memory.crashes), undefined, {
      signal: this.#stopping.signal,
    }).catch(() => {})
    if (this.#stopping.signal.aborted) return
    this.#memory.restarts += 1
    this.#say('State changed from crashed to starting')
    await this.#become('starting', {})
  }

  async #finish(state: 'down' | 'complete', ending: Ending | null): Promise<void> {
    if (this.#memory.port !== undefined) this.#around.ports.release(this.#memory.port)
    if (ending) this.#say(`State changed from ${this.#memory.state} to ${state}`)
    await this.#become(state, ending ?? {})
  }

  /** A once-dyno that had been started and of which nothing is known: it is never started a second time. */
  #lost(): Promise<void> {
    return this.#finish('complete', {
      exitStatus: 137,
      reason: 'it was lost when the machine or its engine went down',
    })
  }

  async #become(
    state: DynoState,
    change: Partial<Pick<DynoMemory, 'exitStatus' | 'reason'>>,
  ): Promise<void> {
    Object.assign(this.#memory, change, { state, at: new Date().toISOString() })
    this.#around.onReport(this.report())
    await this.#keep({ durable: false })
  }

  /** A full disk costs what is known after a crash of the engine, not the dyno; but what must not happen twice waits for the disk. */
  async #keep({ durable }: { durable: boolean }): Promise<void> {
    try {
      await keepState(this.#dir, { wanted: this.wanted, memory: this.#memory }, { durable })
    } catch (error) {
      if (durable) throw error
      this.#around.log.warn(
        { err: error, dyno: this.wanted.id },
        'the state of a dyno could not be kept',
      )
    }
  }

  async #openTail(): Promise<OutputTail> {
    const path = this.#outputPath()
    await writeFile(path, '', { flag: 'a', mode: 0o600 })
    const tail = new OutputTail({
      path,
      onLines: (lines) => {
        for (const text of lines) this.#append('app', this.#redact(text))
      },
      onSkipped: (bytes) =>
        this.#append(
          'heroku',
          `Error L10 (output buffer overflow): ${bytes} bytes of output were dropped`,
        ),
    })
    await tail.open()
    followFile(path, tail)
    return tail
  }

  async #cleanUp(): Promise<void> {
    for (const pid of cgroupProcesses(this.#cgroup())) signal(pid, 'SIGKILL')
    const deadline = performance.now() + SETTLE_MS
    while (cgroupProcesses(this.#cgroup()).length > 0 && performance.now() < deadline)
      await pause(5)
    removeCgroup(this.#cgroup())
    this.#memory.isRunning = false
    await rm(this.#runDir(), { recursive: true, force: true }).catch(() => {})
  }

  /** Says what went wrong, for the log and for the report. */
  #fail(code: string, detail?: string): void {
    this.#reason = detail ? `${code} -> ${detail}` : code
    this.#append('heroku', `Error ${this.#reason}`)
  }

  #say(text: string): void {
    this.#append('heroku', text)
  }

  #append(source: 'app' | 'heroku', text: string): void {
    this.#around.append(this.wanted.appId, { at: Date.now(), source, dyno: this.wanted.name, text })
  }

  #runDir(): string {
    return join(this.#dir, `run-${this.#memory.runs}`)
  }

  #outputPath(): string {
    return join(this.#dir, 'output')
  }

  #cgroup(): string {
    return `dyno-${this.wanted.id}`
  }
}

const FOLLOW_MS = 5

/** Reads a file as it grows, until the tail is closed. */
const followFile = (path: string, tail: OutputTail): void => {
  let isReading = false
  let isNews = true
  const read = async (): Promise<void> => {
    if (isReading) return
    isReading = true
    while (isNews) {
      isNews = false
      while (await tail.read());
      await tail.save()
    }
    isReading = false
  }
  const later = (): void => void setTimeout(() => void read().catch(() => {}), FOLLOW_MS)
  const watcher = watch(path, () => {
    isNews = true
    later()
  })
  tail.onClose(() => watcher.close())
  later()
}
