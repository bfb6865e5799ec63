import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Unpacked } from '#/artifact-store/artifact-store.ts'
import { messageOf } from '#/foundation/errors.ts'
import type { FeedChange, FeedTable } from '#/foundation/feed.ts'
import { keepLastTable, readLastTable, type LastTable } from '#/foundation/last-table.ts'
import type { Log } from '#/foundation/log.ts'
import { isAlive } from '#/foundation/process-identity.ts'
import type { LogLine } from '#/log-store/log-line.ts'
import type { DynoReport, EngineReport, WantedDyno } from '#/platform/dyno/engine.ts'
import { crashBackOff, type BackOff } from './back-off.ts'
import { newMemory, readState, type DynoMemory } from './dyno-memory.ts'
import { Ports } from './ports.ts'
import { ProcessDyno, type DynoSurroundings } from './process-dyno.ts'
import { killAll } from './process-tree.ts'
import { readIdentity } from './run-dir.ts'

export type EngineOptions = {
  /** A folder of the engine's own: last table, a folder per dyno. */
  dir: string
  /** Where the sockets of attached dynos are. */
  runDir: string
  /** Where an artifact is unpacked, verified, its files owned by the user that dynos run as. */
  materialize: (digest: string) => Promise<Unpacked>
  append: (appId: string, line: LogLine) => void
  log: Log
  onReport: (report: EngineReport) => void
  backOff?: BackOff
  attachLimitMs?: number
  /** Starts nothing: what runs is adopted only to be stopped. */
  isEnding?: boolean
}

const KEEP_TABLE_MS = 1_000
const ATTACH_LIMIT_MS = 60_000

/** Makes wanted dynos run as sandboxed processes of this machine. The one reconciler: what is not wanted is stopped. */
export class ProcessEngine {
  readonly #options: EngineOptions
  readonly #dynos = new Map<string, ProcessDyno>()
  readonly #around: DynoSurroundings
  readonly #lastTable: LastTable
  #number = -1

  private constructor(options: EngineOptions) {
    this.#options = options
    this.#around = {
      dir: join(options.dir, 'dynos'),
      runDir: options.runDir,
      slugOf: (digest) => this.#slugOf(digest),
      ports: new Ports(),
      append: options.append,
      backOff: options.backOff ?? crashBackOff,
      log: options.log,
      onReport: (report) => this.#report(report),
      attachLimitMs: options.attachLimitMs ?? ATTACH_LIMIT_MS,
    }
    this.#lastTable = keepLastTable({
      path: this.#tablePath(),
      everyMs: KEEP_TABLE_MS,
      log: options.log,
      read: () => ({
        number: this.#number,
        rows: [...this.#dynos.values()].map(({ wanted }) => wanted),
      }),
    })
  }

  /** Adopts what an engine before it had started and goes on with the table that was wanted last. */
  static async start(options: EngineOptions): Promise<ProcessEngine> {
    await mkdir(join(options.dir, 'dynos'), { recursive: true, mode: 0o700 })
    const engine = new ProcessEngine(options)
    await engine.#adopt()
    return engine
  }

  applyTable({ number, rows }: FeedTable<WantedDyno>): void {
    const wanted = new Set(rows.map(({ id }) => id))
    this.#apply({
      number,
      set: rows,
      remove: [...this.#dynos.keys()].filter((id) => !wanted.has(id)),
    })
  }

  applyChange(change: FeedChange<WantedDyno>): void {
    this.#apply(change)
  }

  wholeReport(): EngineReport {
    return { whole: true, dynos: [...this.#dynos.values()].map((dyno) => dyno.report()) }
  }

  /** Leaves every dyno running, for the engine that comes next. */
  async leave(): Promise<void> {
    await this.#lastTable.stop()
  }

  /**
   * Stops all dynos and resolves when none is left. What runs once is remembered as ended, so that it does not start
   * again when the platform does.
   */
  async stopAll(): Promise<void> {
    await Promise.all(
      [...this.#dynos.values()].map((dyno) =>
        dyno.wanted.kind === 'once' ? dyno.stop() : this.#remove(dyno.wanted.id),
      ),
    )
    await this.#lastTable.stop()
  }

  #apply({ number, set, remove }: FeedChange<WantedDyno>): void {
    this.#number = number
    for (const id of remove) void this.#remove(id)
    for (const wanted of set)
      if (!this.#dynos.has(wanted.id)) this.#add(new ProcessDyno(wanted, this.#around, newMemory()))
    this.#lastTable.changed()
  }

  #add(dyno: ProcessDyno): void {
    this.#dynos.set(dyno.wanted.id, dyno)
    void (this.#options.isEnding ? dyno.stop() : dyno.begin())
  }

  async #remove(id: string): Promise<void> {
    const dyno = this.#dynos.get(id)
    if (!dyno) return
    await dyno.stop()
    this.#dynos.delete(id)
    await rm(join(this.#around.dir, id), { recursive: true, force: true }).catch((error: unknown) =>
      this.#options.log.warn({ err: error }, 'the folder of a dyno is still there'),
    )
    this.#lastTable.changed()
  }

  async #adopt(): Promise<void> {
    const table = await readLastTable<WantedDyno>(this.#tablePath(), this.#options.log)
    this.#number = table?.number ?? -1
    const wantedThen = new Map(table?.rows.map((row) => [row.id, row]))
    for (const id of await readdir(this.#around.dir)) {
      const state = await readState(join(this.#around.dir, id))
      const wanted = state?.wanted ?? wantedThen.get(id)
      wantedThen.delete(id)
      const memory = state?.memory ?? (await this.#salvage(id))
      if (wanted) this.#add(new ProcessDyno(wanted, this.#around, memory))
      else await this.#forget(id)
    }
    for (const wanted of wantedThen.values())
      this.#add(new ProcessDyno(wanted, this.#around, newMemory()))
  }

  /** With its state lost, what runs of a dyno is ended, and how often it was started is read from its folders. */
  async #salvage(id: string): Promise<DynoMemory> {
    this.#options.log.warn({ dyno: id }, 'the state of a dyno cannot be read')
    const runs = (await readdir(join(this.#around.dir, id))).map((name) =>
      Number(/^run-(\d+)$/.exec(name)?.[1] ?? 0),
    )
    for (const run of runs.filter((n) => n > 0)) {
      const identity = await readIdentity(join(this.#around.dir, id, `run-${run}`))
      if (identity && isAlive(identity)) killAll(identity.pid)
      while (identity && isAlive(identity)) await pause(10)
    }
    return { ...newMemory(), runs: Math.max(0, ...runs) }
  }

  /** Nobody knows what was wanted: if it still is, the feed brings it anew. */
  async #forget(id: string): Promise<void> {
    await rm(join(this.#around.dir, id), { recursive: true, force: true })
  }

  async #slugOf(digest: string | null): Promise<Unpacked> {
    if (digest !== null) return this.#options.materialize(digest)
    const { dir: folder } = this.#options
    await mkdir(join(folder, 'empty'), { recursive: true })
    return { folder, layers: ['empty'] }
  }

  #report(report: DynoReport): void {
    try {
      this.#options.onReport({ whole: false, dynos: [report] })
    } catch (error) {
      this.#options.log.warn({ reason: messageOf(error) }, 'a report was not sent')
    }
  }

  #tablePath(): string {
    return join(this.#options.dir, 'wanted-dynos.jsonl')
  }
}
