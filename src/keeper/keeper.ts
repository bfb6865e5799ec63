import type { Server } from 'node:net'
import { join } from 'node:path'
import { addOnCluster } from '#/foundation/add-on-cluster.ts'
import { dataDirPaths } from '#/foundation/data-dir.ts'
import type { KeeperState, ProcessRecord } from '#/foundation/keeper-state.ts'
import type { Log } from '#/foundation/log.ts'
import { bootId, type ProcessIdentity } from '#/foundation/process-identity.ts'
import { aFreePort } from './a-free-port.ts'
import { findRunning } from './find-running.ts'
import type { HeldPort } from './held-port.ts'
import { serveRequests, type RequestHandlers } from './keeper-socket.ts'
import { ManagedProcess } from './managed-process.ts'
import { postgresProcess } from './postgres-process.ts'
import { boundProcessLog } from './process-log.ts'
import type { ProcessSpec } from './process-spec.ts'
import { adoptProcess, endProcess, killAfter } from './running-process.ts'
import { Standby } from './standby.ts'
import { StateFile } from './state-file.ts'

export type KeeperOptions = {
  /** Absolute and without symbolic links. */
  dataDir: string
  ports: HeldPort[]
  /** In the order in which they start. */
  processes: ProcessSpec[]
  /** Started when somebody asks for it, and kept running from then on. */
  drainer?: ProcessSpec
  /** The command of the keeper that takes over when this one dies. */
  successor: { command: [string, ...string[]]; env: Record<string, string> }
  /** Ends every dyno of this platform, for when it goes down. */
  stopDynos: () => Promise<void>
  log: Log
}

const ADD_ON_POSTGRES = 'add-on-postgres'
const STANDBY = 'standby'
const LOOK_AT_LOGS_MS = 60_000
const FLUSH_MS = 100
const SERVE_RETRY_MS = 5_000

/** Starts the platform's processes, keeps them running, replaces them, stops them. */
export class Keeper {
  readonly #options: KeeperOptions
  readonly #processes = new Map<string, ManagedProcess>()
  readonly #standby: Standby
  readonly #stateFile: StateFile
  #wanted: KeeperState['wanted']
  #addOnPostgres: KeeperState['addOnPostgres']
  /** Processes that a keeper before us has replaced. */
  #leaving: ProcessIdentity[]
  #server: Server | undefined
  #serveRetry: NodeJS.Timeout | undefined
  #logWatch: NodeJS.Timeout | undefined
  #restarting: Promise<void> | undefined
  #makingAddOnCluster: Promise<number> | undefined
  #stopping: Promise<void> | undefined

  /** @param before what the keeper before has left */
  constructor(options: KeeperOptions, before: KeeperState) {
    this.#options = options
    this.#wanted = before.wanted
    this.#addOnPostgres = before.addOnPostgres
    this.#leaving = before.leaving
    this.#stateFile = new StateFile(this.#paths.keeperState, () => this.#state())
    this.#standby = new Standby({
      ...options.successor,
      ports: options.ports,
      logPath: this.#logPath('keeper'),
      onChange: () => this.#save(),
      log: options.log,
    })
    this.#adopt(before)
  }

  /** Everything runs from now on; `untilReady` tells when it works. */
  async start(): Promise<void> {
    this.#wanted = 'up'
    await this.#save()
    this.#standby.start()
    for (const process of this.#processes.values()) process.start()
    this.#logWatch = setInterval(() => this.#boundLogs(), LOOK_AT_LOGS_MS)
    await this.#serveRequests()
  }

  /** Throws with the reason if a process does not come to work. */
  async untilReady(): Promise<void> {
    await Promise.all([...this.#processes.values()].map((process) => process.untilReady()))
  }

  /** Replaces a process by one of the current code and files. */
  async replace(name: string): Promise<void> {
    await this.#processes.get(name)?.replace()
  }

  /** Stops everything, dynos too. A keeper that is killed in the midst of it is followed by one that goes on with it. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll()
    return this.#stopping
  }

  async #stopAll(): Promise<void> {
    const { ports, stopDynos, log } = this.#options
    this.#wanted = 'down'
    await this.#save()
    clearInterval(this.#logWatch)
    clearTimeout(this.#serveRetry)
    this.#server?.close()
    await this.#standby.stop()
    for (const port of ports) port.release()
    for (const one of this.#leaving)
      void endProcess(adoptProcess(one, ''), { signal: 'SIGINT', limitMs: END_LIMIT_MS })
    await this.#stopThose('before the dynos')
    await stopDynos().catch((error: unknown) =>
      log.error({ err: error }, 'dynos cannot be stopped'),
    )
    await this.#stopThose('after the dynos')
    await this.#stopThose('last')
    await this.#save()
  }

  async #stopThose(ends: ProcessSpec['ends']): Promise<void> {
    const those = [...this.#processes.values()].filter(({ spec }) => spec.ends === ends)
    await Promise.all(those.map((process) => process.stop()))
  }

  /** What can be done side by side goes first: if the new code does not start, nothing has changed yet. */
  async #restart(onStep: (step: string) => void): Promise<void> {
    const { log } = this.#options
    const all = [...this.#processes.values()]
    const beside = all.filter(({ spec }) => spec.succession === 'beside')
    const after = all.filter(({ spec }) => spec.succession === 'after')
    for (const process of [...beside, ...after]) {
      await process.replace()
      log.info({ processName: process.spec.name }, 'replaced')
      onStep(process.spec.name)
    }
  }

  /** A full disk may refuse the socket; that is no reason not to keep what runs. */
  async #serveRequests(): Promise<void> {
    try {
      this.#server = await serveRequests(this.#paths.keeperSocket, this.#handlers())
    } catch (error) {
      this.#options.log.error({ err: error }, 'no requests can be taken; trying again')
      this.#serveRetry = setTimeout(() => void this.#serveRequests(), SERVE_RETRY_MS)
    }
  }

  #handlers(): RequestHandlers {
    return {
      ready: async () => {
        await this.untilReady()
        return {}
      },
      restart: async (onStep) => {
        this.#restarting ??= this.#restart(onStep).finally(() => (this.#restarting = undefined))
        await this.#restarting
        if (this.#standby.record) setTimeout(() => this.#handOver(), FLUSH_MS)
        return {}
      },
      'add-on-postgres': async () => ({ port: await this.#useAddOnCluster() }),
      drainer: async () => {
        this.#useDrainer()
        return {}
      },
    }
  }

  /** The next keeper, of the current code, is the standby, which follows at once. */
  #handOver(): void {
    this.#standby.settle()
    setTimeout(() => process.exit(0), FLUSH_MS)
  }

  #useAddOnCluster(): Promise<number> {
    this.#makingAddOnCluster ??= this.#startAddOnCluster().catch((error: unknown) => {
      this.#makingAddOnCluster = undefined
      throw error
    })
    return this.#makingAddOnCluster
  }

  async #startAddOnCluster(): Promise<number> {
    this.#addOnPostgres ??= { port: aFreePort() }
    await this.#stateFile.save()
    if (!this.#processes.has(ADD_ON_POSTGRES))
      this.#manage(this.#addOnSpec(this.#addOnPostgres.port)).start()
    await this.#processes.get(ADD_ON_POSTGRES)?.untilReady()
    return this.#addOnPostgres.port
  }

  #useDrainer(): void {
    const { drainer } = this.#options
    if (drainer && !this.#stopping && !this.#processes.has(drainer.name))
      this.#manage(drainer).start()
  }

  #addOnSpec(port: number): ProcessSpec {
    return postgresProcess(ADD_ON_POSTGRES, addOnCluster(this.#options.dataDir, port))
  }

  #adopt(before: KeeperState): void {
    const { dataDir, processes, drainer } = this.#options
    const specs = [...processes]
    if (drainer && before.processes[drainer.name]) specs.push(drainer)
    if (before.addOnPostgres) specs.push(this.#addOnSpec(before.addOnPostgres.port))
    const { adoptable, strays } = findRunning(dataDir, specs, before)
    for (const spec of specs) {
      const record = adoptable.get(spec.name)
      const process = this.#manage(spec)
      if (record) process.adopt(record)
    }
    for (const stray of strays)
      void endProcess(adoptProcess(stray, ''), { signal: 'SIGTERM', limitMs: LEAVE_LIMIT_MS })
    for (const one of this.#leaving) void killAfter(adoptProcess(one, ''), LEAVE_LIMIT_MS)
  }

  #manage(spec: ProcessSpec): ManagedProcess {
    const { log } = this.#options
    const managed = new ManagedProcess(spec, {
      logPath: (name) => this.#logPath(name),
      onChange: async () => {
        await this.#standby.holdNewPorts()
        await this.#save()
      },
      log,
    })
    this.#processes.set(spec.name, managed)
    return managed
  }

  /** A full disk keeps us from writing, not from working; what is not written is found by its mark. */
  #save(): Promise<void> {
    return this.#stateFile.save().catch((error: unknown) => {
      this.#options.log.error({ err: error }, 'what runs cannot be written down')
    })
  }

  #state(): KeeperState {
    const records: Record<string, ProcessRecord> = {}
    for (const [name, { record }] of this.#processes) if (record) records[name] = record
    const standby = this.#standby.record
    if (standby) records[STANDBY] = standby
    return {
      bootId: bootId(),
      wanted: this.#wanted,
      processes: records,
      leaving: [...this.#leaving, ...[...this.#processes.values()].flatMap((one) => one.leaving)],
      addOnPostgres: this.#addOnPostgres,
    }
  }

  #boundLogs(): void {
    for (const name of ['keeper', ...this.#processes.keys()]) boundProcessLog(this.#logPath(name))
  }

  #logPath(name: string): string {
    return join(this.#paths.processLogs, `${name}.log`)
  }

  get #paths() {
    return dataDirPaths(this.#options.dataDir)
  }
}

/** Longer than a router lets its last requests take. */
const LEAVE_LIMIT_MS = 60_000
/** The same when everything goes down. */
const END_LIMIT_MS = 5_000
