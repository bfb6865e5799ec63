import { readdirSync } from 'node:fs'
import { MINUTE_MS, MinuteRecords } from '#/foundation/minute-records.ts'
import { readProcFile } from '#/foundation/proc-file.ts'
import type { UsageMinute, WantedDyno } from '#/platform/dyno/engine.ts'
import { cgroupMemory } from '#/sandbox/cgroups.ts'
import { memoryOf, type InnerProcess } from './process-tree.ts'

/** What a dyno used since it was looked at last. */
export type Usage = {
  cpuMs: number
  memoryBytes: number
  /** Of the last minute. */
  load: number
  /** Of the last 1, 5 and 15 minutes. */
  loads: number[]
}

/** As Linux has it, whatever the clock rate of the kernel. */
const TICK_MS = 10
const LOADS_MS = [60_000, 300_000, 900_000]

/** Samples one run, over and over. */
export class UsageSampler {
  #cpuMs: number | undefined
  #loads = LOADS_MS.map(() => 0)
  #at = performance.now()

  /** @param isAdopted what it used before is not known */
  constructor(isAdopted: boolean) {
    this.#cpuMs = isAdopted ? undefined : 0
  }

  /** @param group the name of its cgroup, if there are any */
  async sample(group: string, processes: InnerProcess[]): Promise<Usage> {
    const total = processes.reduce((sum, { pid }) => sum + cpuOf(pid), 0)
    const cpuMs = Math.max(0, total - (this.#cpuMs ?? total))
    this.#cpuMs = Math.max(total, this.#cpuMs ?? 0)
    const now = performance.now()
    const running = runnable(processes)
    this.#loads = this.#loads.map((load, at) => {
      const share = Math.exp((this.#at - now) / (LOADS_MS[at] ?? 1))
      return load * share + running * (1 - share)
    })
    this.#at = now
    const memoryBytes =
      (await cgroupMemory(group)) ?? processes.reduce((sum, { pid }) => sum + memoryOf(pid), 0)
    return { cpuMs, memoryBytes, load: this.#loads[0] ?? 0, loads: this.#loads }
  }
}

/** Of a process and of those it has seen end. */
const cpuOf = (pid: number): number => {
  const fields = statOf(`/proc/${pid}/stat`)
  return [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at] ?? 0), 0) * TICK_MS
}

/** Threads that run, or wait for the disk. */
const runnable = (processes: InnerProcess[]): number =>
  processes.reduce((sum, { pid }) => sum + threadsOf(pid).filter(isRunnable).length, 0)

const isRunnable = (path: string): boolean => ['R', 'D'].includes(statOf(path)[0] ?? '')

const threadsOf = (pid: number): string[] => {
  try {
    return readdirSync(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}/stat`)
  } catch {
    return []
  }
}

/** From the state on: the name before it may hold anything. */
const statOf = (path: string): string[] => {
  try {
    const text = readProcFile(path)
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return []
  }
}

type Used = Omit<UsageMinute, 'minute'> & { minute: number; isTold: boolean }

/** However long nobody listens, so much is told to whoever comes. */
const KEEP_MS = 60 * 60_000

/** What the dynos of each process type used, minute by minute. */
export class UsageRecords {
  readonly #records = new MinuteRecords<Used>(KEEP_MS)
  readonly #current = new Map<string, Used>()

  add({ appId, name }: Pick<WantedDyno, 'appId' | 'name'>, usage: Usage, at: number): void {
    const processType = name.split('.')[0] ?? name
    const key = `${appId} ${processType}`
    let used = this.#current.get(key)
    if (!used || at >= used.minute + MINUTE_MS) {
      used = this.#records.add(newUsed(appId, processType, at - (at % MINUTE_MS)))
      this.#current.set(key, used)
    }
    used.isTold = false
    used.samples += 1
    used.cpuMs += usage.cpuMs
    used.memorySumBytes += usage.memoryBytes
    used.memoryMaxBytes = Math.max(used.memoryMaxBytes, usage.memoryBytes)
    used.loadSum += usage.load
  }

  /** What is new since it was asked for last. */
  news(now: number): UsageMinute[] {
    const untold = this.#records.untold()
    const presented = untold.map(present)
    for (const used of untold) used.isTold = true
    this.#records.forget(now)
    for (const [key, { minute }] of this.#current)
      if (now - minute > 2 * MINUTE_MS) this.#current.delete(key)
    return presented
  }

  all(): UsageMinute[] {
    return this.#records.all().map(present)
  }
}

const newUsed = (appId: string, processType: string, minute: number): Used => ({
  ...{ appId, processType, minute, isTold: true },
  ...{ samples: 0, cpuMs: 0, memorySumBytes: 0, memoryMaxBytes: 0, loadSum: 0 },
})

const present = ({ isTold: _told, minute, ...used }: Used): UsageMinute => ({
  ...used,
  minute: new Date(minute).toISOString(),
})
