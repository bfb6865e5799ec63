import type { WantedDyno } from '#/platform/dyno/engine.ts'
import { cgroupLayout, outOfMemoryKills } from '#/sandbox/cgroups.ts'
import { DiskWatch } from './disk-use.ts'
import type { DynoRun } from './dyno-run.ts'
import { memoryOf, type InnerProcess } from './process-tree.ts'

/** Something about a run that its app's log must say; fatal: it cannot go on. */
export type Finding = { text: string; isFatal: boolean }

const OVER_QUOTA = { text: 'R14 (Memory quota exceeded)', isFatal: false }
const FAR_OVER_QUOTA = { text: 'R15 (Memory quota vastly exceeded)', isFatal: true }
const SUSPENDED = { text: 'R99 (Platform error) -> All processes are suspended', isFatal: true }

const MEBIBYTE = 1024 * 1024

/** As Heroku: at twice its quota a dyno is stopped. */
const FAR_OVER = 2

/** Looks at one run, over and over, for what nothing tells of by itself. */
export class Examination {
  #kills = 0
  #wasSuspended = false
  readonly #disk = new DiskWatch()

  async examine(
    run: DynoRun,
    processes: InnerProcess[],
    { memoryBytes, diskBytes }: WantedDyno,
  ): Promise<Finding | undefined> {
    return (
      this.#suspension(processes) ??
      (await this.#memory(run, processes, memoryBytes)) ??
      (await this.#written(run, diskBytes))
    )
  }

  async #written({ place }: DynoRun, limit: number | undefined): Promise<Finding | undefined> {
    if (limit === undefined || !(await this.#disk.isOver(place.dir, limit))) return undefined
    const text = `Disk quota exceeded -> More than ${Math.round(limit / MEBIBYTE)} MB were written below /app`
    return { text, isFatal: true }
  }

  /** Whoever was sent SIGSTOP neither serves nor ends. Twice in a row, since debuggers and shells do so for moments. */
  #suspension(processes: InnerProcess[]): Finding | undefined {
    const isSuspended = processes.length > 0 && processes.every(({ state }) => state === 'T')
    const finding = isSuspended && this.#wasSuspended ? SUSPENDED : undefined
    this.#wasSuspended = isSuspended
    return finding
  }

  /** The kernel holds a dyno to its quota by killing one of its processes; without cgroups it is up to us. */
  async #memory(
    { place }: DynoRun,
    processes: InnerProcess[],
    quota: number,
  ): Promise<Finding | undefined> {
    if ((await cgroupLayout()).memory !== undefined) {
      const kills = await outOfMemoryKills(place.name)
      const hasNew = kills > this.#kills
      this.#kills = kills
      return hasNew ? OVER_QUOTA : undefined
    }
    const bytes = processes.reduce((sum, { pid }) => sum + memoryOf(pid), 0)
    if (bytes > quota * FAR_OVER) return FAR_OVER_QUOTA
    return bytes > quota ? OVER_QUOTA : undefined
  }
}
