import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bucketOf } from '#/foundation/histogram.ts'
import { newId } from '#/foundation/ids.ts'
import { anApp, aTeam } from '../../../test/support/apps.ts'
import { aTestPlatform } from '../../../test/support/test-platform.ts'
import { dropOldMetrics } from './drop-old-metrics.ts'
import { readTotals, upsertMinutes, type NewMinute } from './metric-store.ts'
import { windowOf } from './metric.ts'

const platform = await aTestPlatform()
const { call } = platform
const { db } = platform.platform

const minuteAgo = (minutes: number): string =>
  new Date((Math.floor(Date.now() / 60_000) - minutes) * 60_000).toISOString()

/** So many requests of 2xx that took so long each. */
const traffic = (appId: string, minute: string, count: number, ms = 10): NewMinute => ({
  ...{ appId, minute, processType: 'web' },
  ...{ statuses: [0, count, 0, 0, 1], latencySumMs: count * ms, latencyMaxMs: ms },
  ...{ buckets: [bucketOf(ms)], counts: [count] },
})
const usage = (appId: string, minute: string, processType = 'web'): NewMinute => ({
  ...{ appId, minute, processType, samples: 4, cpuMs: 6_000 },
  ...{ memorySumBytes: 400, memoryMaxBytes: 150, loadSum: 2 },
})

type Answer = {
  step: number
  process_types: { type: string; points: Record<string, unknown>[] }[]
}
const read = async (app: string, query = ''): Promise<Answer> => {
  const answer = await call('GET', `/apps/${app}/metrics${query}`)
  assert.equal(answer.statusCode, 200, answer.body)
  return answer.json<Answer>()
}

test('what routers and engines counted is summed by process type and step', async () => {
  const { id, name } = await anApp(platform)
  const minute = minuteAgo(3)
  await upsertMinutes(db, 'router-1', [traffic(id, minute, 98), traffic(id, minuteAgo(2), 1)])
  await upsertMinutes(db, 'router-2', [traffic(id, minute, 2, 1_000)])
  await upsertMinutes(db, 'engine-1', [usage(id, minute), usage(id, minute, 'worker')])
  const { step, process_types: types } = await read(name)
  assert.equal(step, 60)
  assert.deepEqual(
    types.map(({ type, points }) => [type, points.length]),
    [
      ['web', 2],
      ['worker', 1],
    ],
  )
  const point = types[0]?.points[0]
  assert.equal(point?.['requests'], 102)
  assert.deepEqual(point['statuses'], { '1xx': 0, '2xx': 100, '3xx': 0, '4xx': 0, '5xx': 2 })
  const { p50, p99, max } = point['latency_ms'] as Record<string, number>
  assert.ok((p50 ?? 0) > 9 && (p50 ?? 0) < 11, String(p50))
  assert.ok((p99 ?? 0) > 900 && (p99 ?? 0) <= 1_000, String(p99))
  assert.equal(max, 1_000)
  assert.equal(point['cpu_cores'], 0.1)
  assert.deepEqual(point['memory_bytes'], { average: 100, max: 150 })
  assert.equal(point['load'], 0.5)
  const worker = await read(name, '?process_type=worker')
  assert.equal(worker.process_types[0]?.points[0]?.['requests'], 0)
  assert.equal(worker.process_types.length, 1)
  const hour = await read(name, '?step=3600')
  assert.equal(
    hour.process_types[0]?.points.reduce((sum, one) => sum + Number(one['requests']), 0),
    104,
  )
})

test('a minute that is told twice, or has grown, counts once', async () => {
  const { id, name } = await anApp(platform)
  const minute = minuteAgo(1)
  for (const count of [5, 5, 9, 9])
    await upsertMinutes(db, 'router-1', [traffic(id, minute, count)])
  // The router was started anew in the middle of the minute.
  await upsertMinutes(db, 'router-2', [traffic(id, minute, 3)])
  const { process_types: types } = await read(name)
  assert.deepEqual(
    types[0]?.points.map(({ statuses }) => (statuses as never)['2xx']),
    [12],
  )
  const [totals] = await readTotals(db, [id])
  assert.deepEqual(totals?.statuses, [0, 12, 0, 0, 2])
})

test('routers and engines that tell at once lose nothing and wait for no one another', async () => {
  const apps = await Promise.all([1, 2, 3, 4].map(() => anApp(platform)))
  const tell = (reporter: number, count: number): Promise<void> => {
    const minutes = apps.map(({ id }) => traffic(id, minuteAgo(1), count))
    const order = reporter % 2 === 0 ? minutes : minutes.toReversed()
    return upsertMinutes(db, `router-${reporter}`, order)
  }
  for (let round = 1; round <= 5; round++)
    await Promise.all(Array.from({ length: 8 }, (_, reporter) => tell(reporter, round)))
  for (const { statuses } of await readTotals(
    db,
    apps.map(({ id }) => id),
  ))
    assert.equal(statuses[1], 40)
})

test('of apps that are not there and times that cannot be nothing is kept', async () => {
  const { id, name } = await anApp(platform)
  await upsertMinutes(db, 'router-1', [
    traffic(newId(), minuteAgo(1), 1),
    traffic(id, minuteAgo(60 * 24 * 8), 1),
    traffic(id, minuteAgo(-60), 1),
  ])
  assert.deepEqual(
    (await read(name, `?from=2020-01-01T00:00:00Z&to=2099-01-01T00:00:00Z&step=31536000`))
      .process_types,
    [],
  )
})

test('what is older than seven days is dropped, totals stay', async () => {
  const { id, name } = await anApp(platform)
  await upsertMinutes(db, 'router-1', [traffic(id, minuteAgo(5), 7), traffic(id, minuteAgo(4), 1)])
  await db
    .updateTable('metricMinutes')
    .set({ minute: new Date(Date.now() - 8 * 86_400_000) })
    .where('appId', '=', id)
    .where('successful', '=', 7)
    .execute()
  await dropOldMetrics(platform.platform, new AbortController().signal)
  const rows = await db.selectFrom('metricMinutes').selectAll().where('appId', '=', id).execute()
  assert.equal(rows.length, 1)
  assert.equal((await readTotals(db, [id]))[0]?.statuses[1], 8)
  assert.equal((await read(name)).process_types.length, 1)
  await call('DELETE', `/apps/${name}`)
  await upsertMinutes(db, 'router-1', [traffic(id, minuteAgo(1), 1)])
  await dropOldMetrics(platform.platform, new AbortController().signal)
  assert.deepEqual(await readTotals(db, [id]), [])
})

test('times and steps that make no sense are refused', async () => {
  const { name } = await anApp(platform)
  const bad = ['from=yesterday', 'step=30', 'step=90', 'step=x', 'from=2026-01-01', 'step=-60']
  bad.push('from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z')
  bad.push('from=2026-01-01T00:00:00Z&to=2026-01-09T00:00:00Z&step=60')
  for (const query of bad)
    assert.equal((await call('GET', `/apps/${name}/metrics?${query}`)).statusCode, 422, query)
  const now = new Date('2026-01-08T00:00:00Z')
  assert.equal(windowOf({}, now).stepSeconds, 60)
  assert.equal(windowOf({ from: '2026-01-01T00:00:00Z' }, now).stepSeconds, 3_060)
})

test('Prometheus gets the caller’s apps, counters that only rise, and gauges of the last minute', async () => {
  const { name: team, people } = await aTeam(platform, ['member', 'viewer'])
  const { id, name } = await anApp(platform, { team })
  await upsertMinutes(db, 'router-1', [traffic(id, minuteAgo(1), 50)])
  await upsertMinutes(db, 'engine-1', [usage(id, minuteAgo(1))])
  const scrape = async (path: string, { token }: { token: string }) =>
    call('GET', path, undefined, { token })
  const all = await scrape('/metrics', people.member)
  assert.match(String(all.headers['content-type']), /^text\/plain; version=0\.0\.4/)
  const labels = `app="${name}",process_type="web"`
  assert.ok(all.body.includes(`sluice_requests_total{${labels},status="2xx"} 50\n`), all.body)
  assert.ok(all.body.includes(`sluice_cpu_seconds_total{${labels}} 6\n`))
  assert.ok(all.body.includes(`sluice_memory_bytes{${labels}} 100\n`))
  assert.match(all.body, /sluice_latency_seconds\{\S+,quantile="0\.5"\} 0\.0\d+\n/)
  assert.equal((await scrape(`/apps/${name}/metrics/prometheus`, people.member)).body, all.body)
  assert.ok(!(await scrape('/metrics', people.viewer)).body.includes(name))
  assert.equal((await scrape(`/apps/${name}/metrics`, people.viewer)).statusCode, 403)
  assert.equal((await scrape(`/apps/${name}/metrics`, await platform.aPerson())).statusCode, 404)
})
