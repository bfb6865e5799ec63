import type { Metrics } from '#/web/data/types.ts'

export type Point = Metrics['process_types'][number]['points'][number]

/** One line of a chart. The class draws it and its key in one colour. */
export type Line = {
  name: string
  colour: string
  of: (point: Point, stepSeconds: number) => number | null
}

export type ChartSpec = {
  title: string
  unit: string
  lines: Line[]
  /** For people, in the unit. */
  show: (value: number) => string
  /** What is shown for a minute of which nothing is known: nothing was asked for, or nothing was measured. */
  missing: 0 | null
}

const MEGABYTE = 1024 * 1024
const MINUTE_SECONDS = 60

const perMinute =
  (kind: keyof Point['statuses']): Line['of'] =>
  ({ statuses }, stepSeconds) =>
    (statuses[kind] / stepSeconds) * MINUTE_SECONDS

const decimals = (most: number) => (value: number) =>
  value.toLocaleString('en', { maximumFractionDigits: most })

export const CHARTS: ChartSpec[] = [
  {
    title: 'Requests',
    unit: 'a minute',
    missing: 0,
    show: decimals(1),
    lines: [
      { name: '2xx', colour: '--good', of: perMinute('2xx') },
      { name: '3xx', colour: '--ansi-blue', of: perMinute('3xx') },
      { name: '4xx', colour: '--warn', of: perMinute('4xx') },
      { name: '5xx', colour: '--bad', of: perMinute('5xx') },
    ],
  },
  {
    title: 'Response time',
    unit: 'ms',
    missing: null,
    show: decimals(0),
    lines: [
      { name: 'p50', colour: '--good', of: (point) => point.latency_ms.p50 },
      { name: 'p95', colour: '--warn', of: (point) => point.latency_ms.p95 },
      { name: 'p99', colour: '--bad', of: (point) => point.latency_ms.p99 },
    ],
  },
  {
    title: 'Memory of a dyno',
    unit: 'MB',
    missing: null,
    show: decimals(1),
    lines: [
      {
        name: 'average',
        colour: '--accent',
        of: ({ memory_bytes: of }) => of && of.average / MEGABYTE,
      },
      {
        name: 'most',
        colour: '--ansi-magenta',
        of: ({ memory_bytes: of }) => of && of.max / MEGABYTE,
      },
    ],
  },
  {
    title: 'CPU',
    unit: 'cores',
    missing: null,
    show: decimals(3),
    lines: [{ name: 'all dynos', colour: '--accent', of: (point) => point.cpu_cores }],
  },
]

/** Seconds since 1970 of each step of the window, and per line its value there. */
export type ChartData = { times: number[]; values: (number | null)[][] }

/** From where the API counts its steps: 2000-01-01. */
const EPOCH = 946_684_800

/** The API leaves out steps in which nothing happened; a chart must not draw a line across them. */
export const chartData = (
  spec: ChartSpec,
  { from, to, step }: Pick<Metrics, 'from' | 'to' | 'step'>,
  points: readonly Point[],
): ChartData => {
  const byTime = new Map(points.map((point) => [Date.parse(point.at) / 1_000, point]))
  const first = EPOCH + Math.floor((Date.parse(from) / 1_000 - EPOCH) / step) * step
  const last = Date.parse(to) / 1_000
  const count = Math.max(0, Math.ceil((last - first) / step))
  const times = Array.from({ length: count }, (_, index) => first + index * step)
  const values = spec.lines.map(({ of }) =>
    times.map((time) => {
      const point = byTime.get(time)
      return point ? of(point, step) : spec.missing
    }),
  )
  return { times, values }
}

/** The newest known value and the highest, of one line. */
export const extremes = (
  values: readonly (number | null)[],
): { newest: number; highest: number } | undefined => {
  const known = values.filter((value) => value !== null)
  const newest = known.at(-1)
  return newest === undefined
    ? undefined
    : { newest, highest: known.reduce((most, value) => Math.max(most, value), newest) }
}
