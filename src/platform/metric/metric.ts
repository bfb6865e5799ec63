import { percentileOf } from '#/foundation/histogram.ts'

export const KEPT_DAYS = 7
const MINUTE_S = 60

/** Points of one answer. */
const MOST_POINTS = 1_440

/** What was counted of one process type in one step of time, over all routers and engines. */
export type MetricStep = {
  processType: string
  /** Its start. */
  at: Date
  statuses: [number, number, number, number, number]
  latencySumMs: number
  latencyMaxMs: number
  latency: ReadonlyMap<number, number>
  samples: number
  cpuMs: number
  memorySumBytes: number
  memoryMaxBytes: number
  loadSum: number
}

export type Window = { from: Date; to: Date; stepSeconds: number }

/** @throws Error in words, for whoever asked */
export const windowOf = (
  {
    from,
    to,
    step,
  }: { from?: string | undefined; to?: string | undefined; step?: string | undefined },
  now: Date,
): Window => {
  const end = momentOf('to', to) ?? now
  const start = momentOf('from', from) ?? new Date(end.getTime() - 3_600_000)
  if (start >= end) throw new Error('from must be before to.')
  const seconds = (end.getTime() - start.getTime()) / 1_000
  const stepSeconds = step === undefined ? leastStep(seconds) : Number(step)
  if (!Number.isInteger(stepSeconds) || stepSeconds < MINUTE_S || stepSeconds % MINUTE_S !== 0)
    throw new Error('step must be a number of seconds, of whole minutes, such as 60 or 3600.')
  if (seconds / stepSeconds > MOST_POINTS)
    throw new Error(
      `That is more than ${MOST_POINTS} points. Choose a longer step or a shorter time.`,
    )
  return { from: start, to: end, stepSeconds }
}

/** Of whole minutes, so that an answer has some 200 points at most. */
const leastStep = (seconds: number): number =>
  Math.max(1, Math.ceil(seconds / 200 / MINUTE_S)) * MINUTE_S

const momentOf = (name: string, text: string | undefined): Date | undefined => {
  if (text === undefined) return undefined
  const moment = new Date(text)
  if (!ISO_8601.test(text) || Number.isNaN(moment.getTime()))
    throw new Error(`${name} must be a time such as 2026-01-02T03:04:05Z.`)
  return moment
}

const ISO_8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/

export const requestsOf = ({ statuses }: Pick<MetricStep, 'statuses'>): number =>
  statuses.reduce((sum, count) => sum + count, 0)

/** Milliseconds; null where nothing was answered by a dyno. The largest value is known exactly. */
export const latencyOf = (
  { latency, latencyMaxMs }: Pick<MetricStep, 'latency' | 'latencyMaxMs'>,
  share: number,
): number | null => {
  const found = percentileOf(latency, share)
  return found === null ? null : Math.round(Math.min(found, Math.max(latencyMaxMs, 1)) * 10) / 10
}
