import { latencyOf, requestsOf, type MetricStep, type Window } from './metric.ts'

/** Points without requests have no latencies, those without looks at a dyno no cpu, memory and load. */
export const presentMetrics = (
  app: { id: string; name: string },
  { from, to, stepSeconds }: Window,
  steps: readonly MetricStep[],
) => ({
  app: { id: app.id, name: app.name },
  from,
  to,
  step: stepSeconds,
  process_types: [...Map.groupBy(steps, ({ processType }) => processType)].map(
    ([type, points]) => ({
      type,
      points: points.map((point) => presentPoint(point, stepSeconds)),
    }),
  ),
})

const presentPoint = (step: MetricStep, seconds: number) => ({
  at: step.at,
  requests: requestsOf(step),
  statuses: {
    '1xx': step.statuses[0],
    '2xx': step.statuses[1],
    '3xx': step.statuses[2],
    '4xx': step.statuses[3],
    '5xx': step.statuses[4],
  },
  latency_ms: {
    p50: latencyOf(step, 0.5),
    p95: latencyOf(step, 0.95),
    p99: latencyOf(step, 0.99),
    max: step.latency.size === 0 ? null : step.latencyMaxMs,
  },
  cpu_cores: step.samples === 0 ? null : rounded(step.cpuMs / 1_000 / seconds),
  memory_bytes:
    step.samples === 0
      ? null
      : { average: Math.round(step.memorySumBytes / step.samples), max: step.memoryMaxBytes },
  load: step.samples === 0 ? null : rounded(step.loadSum / step.samples),
})

const rounded = (value: number): number => Math.round(value * 1_000) / 1_000
