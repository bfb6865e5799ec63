/**
 * Durations in milliseconds, log-linear: one bucket below 1 ms, then 8 even ones to each doubling, up to 131 s. A value
 * read back is off by 6 % at most.
 */
const PER_DOUBLING = 8
const DOUBLINGS = 17
export const BUCKETS = 1 + PER_DOUBLING * DOUBLINGS
const LARGEST = 2 ** DOUBLINGS - 1

/** Allocates nothing: called for each request. */
export const bucketOf = (ms: number): number => {
  if (!(ms >= 1)) return 0
  const value = ms > LARGEST ? LARGEST : ms
  const doubling = 31 - Math.clz32(value)
  return 1 + doubling * PER_DOUBLING + Math.floor((value / 2 ** doubling - 1) * PER_DOUBLING)
}

/** Where a bucket begins and ends, in milliseconds. */
export const boundsOf = (bucket: number): [number, number] => {
  if (bucket === 0) return [0, 1]
  const doubling = Math.floor((bucket - 1) / PER_DOUBLING)
  const step = (bucket - 1) % PER_DOUBLING
  const width = 2 ** doubling / PER_DOUBLING
  return [2 ** doubling + step * width, 2 ** doubling + (step + 1) * width]
}

/** The value that this share of all values does not exceed; null if there are none. @param counts by bucket */
export const percentileOf = (counts: ReadonlyMap<number, number>, share: number): number | null => {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  if (total === 0) return null
  const rank = Math.max(1, Math.ceil(share * total))
  let before = 0
  for (const [bucket, count] of [...counts].sort(([a], [b]) => a - b)) {
    if (before + count >= rank) {
      const [low, high] = boundsOf(bucket)
      return low + ((high - low) * (rank - before)) / count
    }
    before += count
  }
  return null
}
