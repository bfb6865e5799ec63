import type { MetricTotals } from './metric-store.ts'
import { latencyOf, type MetricStep } from './metric.ts'

export const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

type Sample = { labels: Record<string, string>; value: number | null }

/** @param recent the last whole minute of each process type */
export const formatPrometheus = (
  nameOf: ReadonlyMap<string, string>,
  totals: readonly MetricTotals[],
  recent: readonly (MetricStep & { appId: string })[],
): string => {
  const labelsOf = (of: { appId: string; processType: string }): Record<string, string> => ({
    app: nameOf.get(of.appId) ?? of.appId,
    process_type: of.processType,
  })
  const gauges = (value: (step: MetricStep) => number | null): Sample[] =>
    recent
      .filter(({ samples }) => samples > 0)
      .map((step) => ({ labels: labelsOf(step), value: value(step) }))
  return [
    ...family('sluice_requests_total', 'counter', 'Requests that were answered.', () =>
      totals.flatMap((one) =>
        one.statuses.map((value, index) => ({
          labels: { ...labelsOf(one), status: `${index + 1}xx` },
          value,
        })),
      ),
    ),
    ...family('sluice_request_seconds_total', 'counter', 'Time that requests took.', () =>
      totals.map((one) => ({ labels: labelsOf(one), value: one.latencySumMs / 1_000 })),
    ),
    ...family('sluice_cpu_seconds_total', 'counter', 'CPU time that dynos used.', () =>
      totals.map((one) => ({ labels: labelsOf(one), value: one.cpuMs / 1_000 })),
    ),
    ...family('sluice_latency_seconds', 'gauge', 'Latency of the last whole minute.', () =>
      recent.flatMap((step) =>
        [0.5, 0.95, 0.99].map((share) => ({
          labels: { ...labelsOf(step), quantile: String(share) },
          value: seconds(latencyOf(step, share)),
        })),
      ),
    ),
    ...family('sluice_memory_bytes', 'gauge', 'Memory of a dyno, average of the last minute.', () =>
      gauges(({ memorySumBytes, samples }) => Math.round(memorySumBytes / samples)),
    ),
    ...family('sluice_memory_max_bytes', 'gauge', 'Memory of the largest dyno.', () =>
      gauges(({ memoryMaxBytes }) => memoryMaxBytes),
    ),
    ...family('sluice_load', 'gauge', 'Load of a dyno, average of the last minute.', () =>
      gauges(({ loadSum, samples }) => loadSum / samples),
    ),
  ].join('')
}

const seconds = (ms: number | null): number | null => (ms === null ? null : ms / 1_000)

const family = (
  name: string,
  type: 'counter' | 'gauge',
  help: string,
  samples: () => Sample[],
): string[] => [
  `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`,
  ...samples().flatMap(({ labels, value }) =>
    value === null ? [] : [`${name}{${formatLabels(labels)}} ${value}\n`],
  ),
]

/** Names of apps and process types hold nothing that must be escaped; what came by other ways is made harmless. */
const formatLabels = (labels: Record<string, string>): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}="${value.replaceAll(/[\\"\n]/g, '_')}"`)
    .join(',')
