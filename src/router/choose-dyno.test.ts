import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RouteDyno } from '#/platform/domain/route-feed.ts'
import { aRoute } from '../../test/support/router.ts'
import { chooseDyno, type Choice } from './choose-dyno.ts'
import { Clock } from './clock.ts'
import { RouteTable, type AppEntry } from './route-table.ts'

const anEntry = (...dynos: Partial<RouteDyno>[]): AppEntry => {
  const table = new RouteTable(new Clock(1_000), { counted: () => {}, drained: () => {} })
  const rows = dynos.map((given, at) => ({
    id: `${at}`,
    name: `web.${at}`,
    host: '127.0.0.1',
    port: 1,
    releaseVersion: 1,
    deployId: null,
    weight: 1,
    ...given,
  }))
  table.replace({ number: 1, rows: [aRoute('a.test', rows)] })
  const entry = table.find('a.test')
  assert.ok(entry)
  return entry
}

const anyChoice: Choice = { tried: [], now: 0, minRelease: 0, random: Math.random }

/** How often each dyno is chosen. */
const sharesOf = (entry: AppEntry, choice: Partial<Choice> = {}, times = 10_000): number[] => {
  const shares = entry.dynos.map(() => 0)
  for (let n = 0; n < times; n++) {
    const dyno = chooseDyno(entry, { ...anyChoice, ...choice })
    const at = dyno ? entry.dynos.indexOf(dyno) : -1
    shares[at] = (shares[at] ?? 0) + 1
  }
  return shares
}

test('dynos of equal weight get equal shares', () => {
  for (const share of sharesOf(anEntry({}, {}, {}, {})))
    assert.ok(share > 2_100 && share < 2_900, `${share}`)
})

test('of two at random the less busy one is chosen', () => {
  const entry = anEntry({}, {})
  entry.dynos[0]?.begin()
  assert.deepEqual(sharesOf(entry), [0, 10_000])
})

test('weights decide the shares, and nothing else does', () => {
  const entry = anEntry({ weight: 1 }, { weight: 9 }, { weight: 0 })
  for (let n = 0; n < 5; n++) entry.dynos[1]?.begin()
  const [one = 0, nine = 0, none] = sharesOf(entry)
  assert.ok(one > 700 && one < 1_300, `${one}`)
  assert.ok(nine > 8_700, `${nine}`)
  assert.equal(none, 0)
})

test('a dyno that was tried is not tried again', () => {
  const entry = anEntry({}, {})
  const [first, second] = entry.dynos
  assert.ok(first && second)
  assert.equal(chooseDyno(entry, { ...anyChoice, tried: [first] }), second)
  assert.equal(chooseDyno(entry, { ...anyChoice, tried: [first, second] }), undefined)
  assert.equal(chooseDyno(anEntry({}), { ...anyChoice, tried: [first] }), undefined)
  assert.equal(chooseDyno(anEntry(), anyChoice), undefined)
})

test('dynos that refused lately are passed over, unless all did', () => {
  const entry = anEntry({}, {})
  const [first, second] = entry.dynos
  assert.ok(first && second)
  first.refusedUntil = 100
  assert.deepEqual(sharesOf(entry, { now: 50 }, 100), [0, 100])
  assert.ok((sharesOf(entry, { now: 100 }, 1_000)[0] ?? 0) > 0)
  second.refusedUntil = 100
  assert.ok((sharesOf(entry, { now: 50 }, 1_000)[0] ?? 0) > 0)
})

test('who has seen a release is not sent back to the one before', () => {
  const entry = anEntry({ releaseVersion: 4 }, { releaseVersion: 5 })
  assert.deepEqual(sharesOf(entry, { minRelease: 5 }, 100), [0, 100])
  assert.ok(sharesOf(entry, { minRelease: 4 }, 1_000).every((share) => share > 0))
  assert.ok(sharesOf(entry, { minRelease: 6 }, 1_000).every((share) => share > 0))
})
