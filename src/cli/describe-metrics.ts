import type { MetricPointJson, MetricsJson } from './wire.ts'

/** For each process type a line a quantity: a small picture of how it went, and what it was at most. */
export const describeMetrics = (metrics: MetricsJson): string =>
  metrics.process_types.length === 0
    ? 'Nothing was counted in that time.'
    : metrics.process_types
        .map(({ type, points }) => [type, ...linesOf(metrics, points)].join('\n'))
        .join('\n\n')

const inMegabytes = (bytes: number): string => `${Math.round(bytes / 1_048_576)} MB`

type Line = {
  name: string
  of: (point: MetricPointJson) => number | null
  say: (value: number) => string
}

const LINES: Line[] = [
  {
    name: 'requests',
    of: ({ requests }) => requests,
    say: (value) => `at most ${value} in a step`,
  },
  {
    name: '5xx',
    of: ({ statuses }) => statuses['5xx'],
    say: (value) => `at most ${value} in a step`,
  },
  { name: 'p50', of: ({ latency_ms: latency }) => latency.p50, say: (value) => `${value} ms` },
  { name: 'p95', of: ({ latency_ms: latency }) => latency.p95, say: (value) => `${value} ms` },
  { name: 'p99', of: ({ latency_ms: latency }) => latency.p99, say: (value) => `${value} ms` },
  { name: 'CPU', of: ({ cpu_cores: cores }) => cores, say: (value) => `${value} cores` },
  { name: 'memory', of: ({ memory_bytes: memory }) => memory?.max ?? null, say: inMegabytes },
  { name: 'load', of: ({ load }) => load, say: String },
]

const WIDTH = 60

const linesOf = ({ from, to, step }: MetricsJson, points: MetricPointJson[]): string[] => {
  const start = Date.parse(from)
  const slots = Math.max(1, Math.ceil((Date.parse(to) - start) / 1_000 / step))
  const width = Math.min(WIDTH, slots)
  return LINES.flatMap(({ name, of, say }) => {
    const shown = Array.from({ length: width }, () => 0)
    const values = points.flatMap((point) => {
      const value = of(point)
      return value === null ? [] : [{ value, at: Date.parse(point.at) }]
    })
    if (values.length === 0) return []
    for (const { value, at } of values) {
      const slot = Math.floor((((at - start) / 1_000 / step) * width) / slots)
      const place = Math.min(width - 1, Math.max(0, slot))
      shown[place] = Math.max(shown[place] ?? 0, value)
    }
    const most = Math.max(...values.map(({ value }) => value))
    return [`  ${name.padEnd(8)} ${sparkline(shown, most)}  ${say(most)}`]
  })
}

const BARS = '▁▂▃▄▅▆▇█'

const sparkline = (values: number[], most: number): string =>
  values
    .map((value) =>
      value === 0 || most === 0
        ? ' '
        : BARS[Math.min(BARS.length - 1, Math.floor((value / most) * (BARS.length - 1)))],
    )
    .join('')
