import { BUCKETS, bucketOf } from '#/foundation/histogram.ts'
import { MINUTE_MS, MinuteRecords } from '#/foundation/minute-records.ts'
import type { TrafficMinute } from '#/platform/domain/route-feed.ts'

/** Of one app: requests by the first digit of their status, sum and maximum of the latencies, and their buckets. */
type Counts = { appId: string; minute: number; isTold: boolean; numbers: Float64Array }

const STATUSES = 5
const SUM = STATUSES
const MAX = STATUSES + 1
const FIRST_BUCKET = STATUSES + 2

/** How long what was told is kept for whoever connects: what was on its way to a control plane that died is told again. */
const KEEP_TOLD_MS = 5 * 60_000

/** What each app was asked for and answered, minute by minute. Counting allocates nothing but an app's first of a minute. */
export class Meters {
  readonly #records = new MinuteRecords<Counts>(KEEP_TOLD_MS)
  readonly #current = new Map<string, Counts>()

  /**
   * @param tookMs undefined for what no dyno has answered, or that has no duration worth telling
   * @param at milliseconds since 1970
   */
  count(appId: string, status: number, tookMs: number | undefined, at: number): void {
    let counts = this.#current.get(appId)
    // A clock that is set back goes on in the minute it was in: no minute has two records.
    if (!counts || at >= counts.minute + MINUTE_MS) counts = this.#begin(appId, at)
    const { numbers } = counts
    counts.isTold = false
    const digit = Math.floor(status / 100) - 1
    if (digit >= 0 && digit < STATUSES) numbers[digit]!++
    if (tookMs === undefined) return
    numbers[SUM]! += tookMs
    if (tookMs > numbers[MAX]!) numbers[MAX] = tookMs
    numbers[FIRST_BUCKET + bucketOf(tookMs)]!++
  }

  get hasNews(): boolean {
    return this.#records.untold().length > 0
  }

  /** What is new; `told` when it has been sent. */
  news(): { minutes: TrafficMinute[]; told: () => void } {
    const untold = this.#records.untold()
    return {
      minutes: untold.map(present),
      told: () => {
        for (const counts of untold) counts.isTold = true
      },
    }
  }

  /** For somebody who knows nothing yet. */
  all(): TrafficMinute[] {
    return this.#records.all().map(present)
  }

  forget(now: number): void {
    this.#records.forget(now)
    for (const [appId, { minute }] of this.#current)
      if (now - minute > 2 * MINUTE_MS) this.#current.delete(appId)
  }

  #begin(appId: string, at: number): Counts {
    const counts = this.#records.add({
      appId,
      minute: at - (at % MINUTE_MS),
      isTold: true,
      numbers: new Float64Array(FIRST_BUCKET + BUCKETS),
    })
    this.#current.set(appId, counts)
    return counts
  }
}

const present = ({ appId, minute, numbers }: Counts): TrafficMinute => {
  const buckets: number[] = []
  const counts: number[] = []
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    const count = numbers[FIRST_BUCKET + bucket] ?? 0
    if (count === 0) continue
    buckets.push(bucket)
    counts.push(count)
  }
  return {
    appId,
    minute: new Date(minute).toISOString(),
    statuses: [...numbers.subarray(0, STATUSES)],
    latencySumMs: Math.round(numbers[SUM] ?? 0),
    latencyMaxMs: Math.round(numbers[MAX] ?? 0),
    buckets,
    counts,
  }
}
