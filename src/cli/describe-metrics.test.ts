import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeMetrics } from './describe-metrics.ts'
import type { MetricPointJson } from './wire.ts'

const START = Date.parse('2026-01-02T03:00:00Z')

const aPoint = (minute: number, given: Partial<MetricPointJson>): MetricPointJson => ({
  at: new Date(START + minute * 60_000).toISOString(),
  requests: 0,
  statuses: { '1xx': 0, '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0 },
  latency_ms: { p50: null, p95: null, p99: null, max: null },
  cpu_cores: null,
  memory_bytes: null,
  load: null,
  ...given,
})

test('each quantity is drawn over the time, and one that is not known has no line', () => {
  const points = [
    aPoint(0, { requests: 10 }),
    aPoint(9, { requests: 100, memory_bytes: { average: 1, max: 50 * 1_048_576 } }),
  ]
  const text = describeMetrics({
    from: new Date(START).toISOString(),
    to: new Date(START + 600_000).toISOString(),
    step: 60,
    process_types: [{ type: 'web', points }],
  })
  const [type, requests, , memory, ...rest] = text.split('\n')
  assert.equal(type, 'web')
  assert.equal(requests, '  requests ▁        █  at most 100 in a step')
  assert.equal(memory, '  memory            █  50 MB')
  assert.deepEqual(rest, [])
})

test('where nothing was counted it says so', () => {
  const empty = { from: '', to: '', step: 60, process_types: [] }
  assert.match(describeMetrics(empty), /^Nothing/)
})
