import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { ArtifactStore, Unpacked } from '#/artifact-store/artifact-store.ts'
import type { FeedChange, FeedTable } from '#/foundation/feed.ts'
import { keepLastTable, readLastTable, type LastTable } from '#/foundation/last-table.ts'
import type { Log } from '#/foundation/log.ts'
import { removeTree } from '#/foundation/remove-tree.ts'
import type { LogWriter } from '#/log-store/log-writer.ts'
import type { EngineReport, WantedDyno } from '#/platform/dyno/engine.ts'
import { crashBackOff, type BackOff } from './back-off.ts'
import { newMemory, readDyno, type DynoMemory } from './dyno-memory.ts'
import { OutputProgress } from './output-progress.ts'
import { Ports } from './ports.ts'
import { ProcessDyno, type DynoSurroundings } from './process-dyno.ts'
import { UsageRecords } from './usage.ts'
import { endUnknownDyno } from './salvage.ts'

export type EngineOptions = {
  /** A folder of the engine's own: last table, a folder per dyno. */
  dir: string
  /** Where the sockets of attached dynos are. */
  runDir: string
  /** Where an artifact is unpacked, verified, its files owned by the user that dynos run as. */
  materialize: ArtifactStore['materialize']
  lines: Pick<LogWriter, 'append' | 'flush'>
  log: Log
  onReport: (report: EngineReport) => void
  backOff?: BackOff
  attachLimitMs?: number
  /** How often dynos are looked at for what nothing tells of by itself. */
  examineEveryMs?: number
  /** How often what a dyno uses is logged, where that is wanted. */
  usageLogEveryMs?: number
  /** Starts nothing: what runs is adopted only to be stopped. */
  isEnding?: boolean
}

const KEEP_TABLE_MS = 1_000
const ATTACH_LIMIT_MS = 60_000
const EXAMINE_EVERY_MS = 10_000
/** What is just being started or killed is let go of, and the next engine finds it. */
const LEAVE_LIMIT_MS = 3_000

/** Makes wanted dynos run as sandboxed processes of this machine. The one reconciler: what is not wanted is stopped. */
export class ProcessEngine {
  readonly #options: EngineOptions
  readonly #wanted = new Map<string, WantedDyno>()
  /** All that are there, also those that are just being stopped. */
  readonly #dynos = new Map<string, ProcessDyno>()
  /** On disk, but nobody here knows what was wanted: until a table comes. */
  readonly #unknown = new Set<string>()
  readonly #around: DynoSurroundings
  readonly #lastTable: LastTable
  readonly #usage = new UsageRecords()
  readonly #examining: NodeJS.Timeout
  #number = -1
  #isExamining = false
  /** Slugs that were looked at, or are just now. */
  readonly #slugs = new Map<string, Promise<Unpacked>>()

  private constructor(options: EngineOptions) {
    this.#options = options
    const { dir, runDir, lines, log } = options
    this.#around = {
      dir: join(dir, 'dynos'),
      runDir,
      slugOf: (digest, mind) => this.#slugOf(digest, mind),
      ports: new Ports(),
      append: lines.append,
      progress: new OutputProgress(lines.flush, log),
      backOff: options.backOff ?? crashBackOff,
      log,
      onReport: (dyno) => options.onReport({ whole: false, dynos: [dyno] }),
      attachLimitMs: options.attachLimitMs ?? ATTACH_LIMIT_MS,
      usageLogEveryMs: options.usageLogEveryMs,
    }
    this.#lastTable = keepLastTable({
      path: this.#tablePath(),
      everyMs: KEEP_TABLE_MS,
      log,
      read: () => ({ number: this.#number, rows: [...this.#wanted.values()] }),
    })
    this.#examining = setInterval(
      () => void this.#examine(),
      options.examineEveryMs ?? EXAMINE_EVERY_MS,
    )
  }

  /** Adopts what an engine before it had started and goes on with the table that was wanted last. */
  static async start(options: EngineOptions): Promise<ProcessEngine> {
    await mkdir(join(options.dir, 'dynos'), { recursive: true, mode: 0o700 })
    const engine = new ProcessEngine(options)
    await engine.#adopt()
    return engine
  }

  applyTable({ number, rows }: FeedTable<WantedDyno>): void {
    const named = new Set(rows.map(({ id }) => id))
    const remove = [...this.#wanted.keys()].filter((id) => !named.has(id))
    this.applyChange({ number, set: rows, remove })
    for (const id of [...this.#unknown]) void this.#endUnknown(id)
  }

  applyChange({ number, set, remove }: FeedChange<WantedDyno>): void {
    this.#number = number
    for (const id of remove) {
      this.#wanted.delete(id)
      void this.#remove(id)
    }
    for (const wanted of set) {
      this.#wanted.set(wanted.id, wanted)
      const dyno = this.#dynos.get(wanted.id)
      if (dyno) dyno.update(wanted)
      else this.#begin(wanted, newMemory())
    }
    this.#lastTable.changed()
  }

  wholeReport(): EngineReport {
    const dynos = [...this.#dynos.values()].map((dyno) => dyno.report())
    return { whole: true, dynos, usage: this.#usage.all() }
  }

  /** Leaves every dyno running, for the engine that comes next. */
  async leave(): Promise<void> {
    clearInterval(this.#examining)
    const left = Promise.all([...this.#dynos.values()].map((dyno) => dyno.leave()))
    await Promise.race([left, pause(LEAVE_LIMIT_MS, undefined, { ref: false })])
    await this.#lastTable.stop()
  }

  /**
   * Stops all dynos and resolves when none is left. What runs once is remembered as ended, so that it does not start
   * again when the platform does.
   */
  async stopAll(): Promise<void> {
    clearInterval(this.#examining)
    await Promise.all(
      [...this.#dynos.values()].map(async (dyno) => {
        if (dyno.wanted.kind === 'once') return dyno.stop()
        this.#wanted.delete(dyno.wanted.id)
        return this.#remove(dyno.wanted.id)
      }),
    )
    await Promise.all([...this.#unknown].map((id) => this.#endUnknown(id)))
    await this.#lastTable.stop()
  }

  async #adopt(): Promise<void> {
    const { log } = this.#options
    const table = await readLastTable<WantedDyno>(this.#tablePath(), log)
    this.#number = table?.number ?? -1
    const rows = new Map(table?.rows.map((row) => [row.id, row]))
    for (const id of await readdir(this.#around.dir)) await this.#adoptOne(id, rows.get(id))
    for (const row of rows.values())
      if (isKept(row) && !this.#dynos.has(row.id)) this.#begin(row, newMemory())
  }

  async #adoptOne(id: string, row: WantedDyno | undefined): Promise<void> {
    const kept = await readDyno(join(this.#around.dir, id))
    if (kept !== 'none' && kept !== 'spoilt') return this.#begin(kept.wanted, kept.memory)
    if (row && (kept === 'spoilt' || isKept(row))) return this.#begin(row, newMemory())
    this.#unknown.add(id)
  }

  #begin(wanted: WantedDyno, memory: DynoMemory): void {
    const dyno = new ProcessDyno(wanted, this.#around, memory)
    this.#unknown.delete(wanted.id)
    this.#wanted.set(wanted.id, wanted)
    this.#dynos.set(wanted.id, dyno)
    void (this.#options.isEnding ? dyno.stop() : dyno.begin())
  }

  async #remove(id: string): Promise<void> {
    const dyno = this.#dynos.get(id)
    if (!dyno) return
    await dyno.stop()
    if (!dyno.hasEnded()) return // this engine leaves: the next one goes on stopping it
    await this.#orSay('the folder of a dyno is still there', removeTree(join(this.#around.dir, id)))
    if (this.#dynos.get(id) !== dyno) return
    this.#dynos.delete(id)
    const again = this.#wanted.get(id)
    if (again) this.#begin(again, newMemory())
  }

  async #endUnknown(id: string): Promise<void> {
    this.#options.log.warn({ dyno: id }, 'a dyno that nobody knows is ended')
    this.#unknown.delete(id)
    await this.#orSay('a dyno could not be ended', endUnknownDyno(this.#around.dir, id))
  }

  async #examine(): Promise<void> {
    if (this.#isExamining) return
    this.#isExamining = true
    for (const dyno of this.#dynos.values())
      await this.#orSay('a dyno could not be examined', this.#examineOne(dyno))
    this.#isExamining = false
    const usage = this.#usage.news(Date.now())
    if (usage.length > 0) this.#options.onReport({ whole: false, dynos: [], usage })
  }

  async #examineOne(dyno: ProcessDyno): Promise<void> {
    const usage = await dyno.examine()
    if (usage) this.#usage.add(dyno.wanted, usage, Date.now())
  }

  async #orSay(what: string, work: Promise<void>): Promise<void> {
    await work.catch((error: unknown) => this.#options.log.warn({ err: error }, what))
  }

  /**
   * A slug is looked at once for all dynos that start from it, so that a start takes no longer for a large one, and of
   * a new one only what no other has had. After a crash it is looked at again, for what it has become may be the reason.
   */
  #slugOf(digest: string | null, { hasCrashed }: { hasCrashed: boolean }): Promise<Unpacked> {
    if (digest === null) return this.#nothing()
    const known = this.#slugs.get(digest)
    if (known && !hasCrashed) return known
    const slug = this.#options.materialize(digest, { trustSeenLayers: !hasCrashed })
    this.#slugs.set(digest, slug)
    slug.catch(() => this.#slugs.delete(digest))
    return slug
  }

  async #nothing(): Promise<Unpacked> {
    await mkdir(join(this.#options.dir, 'empty'), { recursive: true })
    return { folder: this.#options.dir, layers: ['empty'] }
  }

  #tablePath(): string {
    return join(this.#options.dir, 'wanted-dynos.jsonl')
  }
}

/**
 * What runs once is begun from the living table alone: the last one on disk may be a second old, and name what has run
 * since, of which nothing is left.
 */
const isKept = ({ kind }: WantedDyno): boolean => kind === 'kept'
