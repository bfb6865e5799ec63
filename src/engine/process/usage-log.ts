import type { WantedDyno } from '#/platform/dyno/engine.ts'
import { cgroupMemoryStat, type MemoryStat } from '#/sandbox/cgroups.ts'
import type { DynoLog } from './dyno-log.ts'
import type { Usage } from './usage.ts'

/** As on Heroku; a dyno is looked at more often than that. */
const EVERY_MS = 20_000

type Options = { wanted: WantedDyno; said: DynoLog; usageLogEveryMs: number | undefined }

/** Heroku's log-runtime-metrics: what a dyno uses, in the log of its app, if the app wants that. */
export class UsageLog {
  /** What is wanted now. */
  wanted: WantedDyno
  readonly #said: DynoLog
  readonly #everyMs: number
  /** The first lines come once there is something to say of its load. */
  #saidAt = performance.now()

  constructor({ wanted, said, usageLogEveryMs = EVERY_MS }: Options) {
    this.wanted = wanted
    this.#said = said
    this.#everyMs = usageLogEveryMs
  }

  /** @param group the name of its cgroup, if there are any */
  async note(usage: Usage, group: string): Promise<void> {
    if (!this.wanted.logsUsage || performance.now() - this.#saidAt < this.#everyMs) return
    this.#saidAt = performance.now()
    for (const line of usageLines(this.wanted, usage, await cgroupMemoryStat(group)))
      this.#said.say(line)
  }
}

type Named = Pick<WantedDyno, 'id' | 'appId' | 'name' | 'memoryBytes'>

/** Two lines in Heroku's words. Without cgroups only the memory of its processes is known. */
export const usageLines = (
  { id, appId, name, memoryBytes }: Named,
  { loads, memoryBytes: rss }: Usage,
  { cacheBytes = 0, swapBytes = 0, pagesIn, pagesOut }: Partial<MemoryStat> = {},
): string[] => {
  const source = `source=${name} dyno=heroku.${appId}.${id}`
  const minutes = [1, 5, 15].map(
    (minute, at) => `sample#load_avg_${minute}m=${(loads[at] ?? 0).toFixed(2)}`,
  )
  const memory = [
    `sample#memory_total=${megabytes(rss + cacheBytes + swapBytes)}`,
    `sample#memory_rss=${megabytes(rss)}`,
    `sample#memory_cache=${megabytes(cacheBytes)}`,
    `sample#memory_swap=${megabytes(swapBytes)}`,
    ...(pagesIn === undefined ? [] : [`sample#memory_pgpgin=${pagesIn}pages`]),
    ...(pagesOut === undefined ? [] : [`sample#memory_pgpgout=${pagesOut}pages`]),
    `sample#memory_quota=${megabytes(memoryBytes)}`,
  ]
  return [`${source} ${minutes.join(' ')}`, `${source} ${memory.join(' ')}`]
}

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(2)}MB`
