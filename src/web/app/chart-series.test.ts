import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CHARTS, chartData, extremes, type Point } from './chart-series.ts'

const aPoint = (at: string, changes: Partial<Point> = {}): Point => ({
  at,
  requests: 0,
  statuses: { '1xx': 0, '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0 },
  latency_ms: { p50: null, p95: null, p99: null, max: null },
  cpu_cores: null,
  memory_bytes: null,
  load: null,
  ...changes,
})

const window = { from: '2026-01-02T00:00:00.000Z', to: '2026-01-02T00:03:00.000Z', step: 60 }
const chartOf = (title: string) => {
  const spec = CHARTS.find((one) => one.title === title)
  assert.ok(spec)
  return spec
}

test('minutes of which nothing was told are no requests, and no known response time', () => {
  const point = aPoint('2026-01-02T00:01:00.000Z', {
    statuses: { '1xx': 0, '2xx': 30, '3xx': 0, '4xx': 0, '5xx': 6 },
    latency_ms: { p50: 4, p95: 9, p99: 12, max: 12 },
  })
  const requests = chartData(chartOf('Requests'), window, [point])
  assert.deepEqual(
    requests.times.map((at) => new Date(at * 1_000).toISOString().slice(14, 16)),
    ['00', '01', '02'],
  )
  assert.deepEqual(requests.values[0], [0, 30, 0])
  assert.deepEqual(requests.values[3], [0, 6, 0])
  assert.deepEqual(chartData(chartOf('Response time'), window, [point]).values[1], [null, 9, null])
})

test('requests are told per minute, whatever the step', () => {
  const point = aPoint('2026-01-02T00:00:00.000Z', {
    statuses: { '1xx': 0, '2xx': 300, '3xx': 0, '4xx': 0, '5xx': 0 },
  })
  assert.deepEqual(
    chartData(chartOf('Requests'), { ...window, to: '2026-01-02T00:10:00.000Z', step: 300 }, [
      point,
    ]).values[0],
    [60, 0],
  )
})

test('the newest and the highest of what is known', () => {
  assert.deepEqual(extremes([null, 7, 3, null]), { newest: 3, highest: 7 })
  assert.equal(extremes([null]), undefined)
})
