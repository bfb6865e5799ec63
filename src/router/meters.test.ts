import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aDyno, aRoute, aRouter, aRouteSource, ask, PATIENCE } from '../../test/support/router.ts'
import { until } from '../../test/support/until.ts'
import { Meters } from './meters.ts'

const MINUTE_MS = 60_000
const T = 30_000_000 * MINUTE_MS

test('requests are counted by minute, status and latency', () => {
  const meters = new Meters()
  meters.count('a', 200, 12, T)
  meters.count('a', 503, undefined, T + 1)
  meters.count('a', 200, 100, T + MINUTE_MS)
  meters.count('b', 302, 0.5, T)
  const [first, second, other] = meters.all()
  assert.deepEqual(first?.statuses, [0, 1, 0, 0, 1])
  assert.equal(first.latencySumMs, 12)
  assert.deepEqual(first.counts, [1])
  assert.equal(second?.minute, new Date(T + MINUTE_MS).toISOString())
  assert.equal(second.latencyMaxMs, 100)
  assert.deepEqual(other?.buckets, [0])
})

test('a clock that is set back makes no second record of a minute', () => {
  const meters = new Meters()
  for (const at of [T, T + MINUTE_MS, T + 1, T + MINUTE_MS + 1]) meters.count('a', 200, 1, at)
  assert.deepEqual(
    meters.all().map(({ minute, statuses }) => [Date.parse(minute) - T, statuses[1]]),
    [
      [0, 1],
      [MINUTE_MS, 3],
    ],
  )
})

test('what was told is told again only when it has grown, and kept for a while', () => {
  const meters = new Meters()
  meters.count('a', 200, 1, T)
  meters.news().told()
  assert.equal(meters.hasNews, false)
  meters.count('a', 200, 1, T + 10)
  assert.deepEqual(meters.news().minutes[0]?.statuses, [0, 2, 0, 0, 0])
  meters.forget(T + 60 * MINUTE_MS)
  assert.equal(meters.all().length, 1, 'nobody has heard of it yet')
  meters.news().told()
  meters.forget(T + 3 * MINUTE_MS)
  assert.equal(meters.all().length, 1)
  meters.forget(T + 10 * MINUTE_MS)
  assert.equal(meters.all().length, 0)
})

test('a router tells what an app was asked for, also to a control plane that comes later', async () => {
  await using source = await aRouteSource()
  await using dyno = await aDyno((request, response) => {
    response.statusCode = request.url === '/teapot' ? 418 : 200
    response.end('hello')
  })
  const route = aRoute('shop.localhost', [dyno.route])
  const empty = aRoute('empty.localhost', [])
  await source.set(route, empty)
  await using router = await aRouter({ source })
  for (let times = 0; times < 5; times++) await ask(router.port, 'shop.localhost')
  await ask(router.port, 'shop.localhost', { path: '/teapot' })
  await ask(router.port, 'empty.localhost')
  await router.stop() // tells a last time
  const told = await until(
    () => source.reports.findLast(({ minutes }) => (minutes ?? []).length > 0)?.minutes,
    PATIENCE,
  )
  const sums = (appId: string): number[] =>
    told
      .filter((one) => one.appId === appId)
      .reduce(
        (sum, { statuses }) => sum.map((count, at) => count + (statuses[at] ?? 0)),
        [0, 0, 0, 0, 0],
      )
  assert.deepEqual(sums(route.id), [0, 5, 0, 1, 0])
  assert.deepEqual(sums(empty.id), [0, 0, 0, 0, 1])
  const counted = told
    .filter(({ appId }) => appId === route.id)
    .flatMap(({ counts }) => counts)
    .reduce((sum, count) => sum + count, 0)
  assert.equal(counted, 6)
})
