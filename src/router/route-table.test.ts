import assert from 'node:assert/strict'
import http from 'node:http'
import { test } from 'node:test'
import type { AppRoute, RouteDyno } from '#/platform/domain/route-feed.ts'
import { aDyno, aRoute, aRouter, ask } from '../../test/support/router.ts'
import { Clock } from './clock.ts'
import { RouteTable } from './route-table.ts'

const aDynoRow = (id: string, given: Partial<RouteDyno> = {}): RouteDyno => ({
  id,
  name: 'web.1',
  host: '127.0.0.1',
  port: 1,
  releaseVersion: 1,
  deployId: null,
  weight: 1,
  ...given,
})

const aTable = (...rows: AppRoute[]): RouteTable => {
  const table = new RouteTable(new Clock(1_000), { counted: () => {}, drained: () => {} })
  table.replace({ number: 1, rows })
  return table
}

const appOf = (table: RouteTable, host: string): string | undefined => table.find(host)?.route.id

test('a host that moves to another app in one change is never without an app', () => {
  const [a, b] = [aRoute('x.test', [], { id: 'a' }), aRoute('b.test', [], { id: 'b' })]
  const table = aTable(a, b)
  table.change({
    number: 2,
    set: [
      { ...b, hosts: ['b.test', 'x.test'] },
      { ...a, hosts: [] },
    ],
    remove: [],
  })
  assert.equal(appOf(table, 'x.test'), 'b')
  table.change({ number: 3, set: [{ ...a, hosts: ['x.test'] }], remove: ['b'] })
  assert.equal(appOf(table, 'x.test'), 'a')
  assert.equal(appOf(table, 'b.test'), undefined)
})

test('a host that the new app has already is not taken from it by the late word of the old', () => {
  const [a, b] = [aRoute('x.test', [], { id: 'a' }), aRoute('b.test', [], { id: 'b' })]
  const table = aTable(a, b)
  table.change({ number: 2, set: [{ ...b, hosts: ['x.test'] }], remove: [] })
  table.change({ number: 3, set: [{ ...a, hosts: [] }], remove: [] })
  assert.equal(appOf(table, 'x.test'), 'b')
})

test('a dyno keeps its count of requests through changes, and comes back as itself', () => {
  const route = aRoute('x.test', [aDynoRow('d')], { id: 'a' })
  const table = aTable(route)
  const dyno = table.find('x.test')?.dynos[0]
  dyno?.begin()
  assert.deepEqual(
    table.change({ number: 2, set: [{ ...route, maintenance: true }], remove: [] }),
    [],
  )
  assert.equal(table.find('x.test')?.dynos[0], dyno)
  assert.deepEqual(table.change({ number: 3, set: [{ ...route, dynos: [] }], remove: [] }), [dyno])
  assert.deepEqual([...table.left], [dyno])
  table.change({ number: 4, set: [route], remove: [] })
  assert.equal(table.find('x.test')?.dynos[0], dyno)
  assert.equal(dyno?.busy, 1)
  assert.deepEqual([...table.left], [])
})

test('a table replaces all there was', () => {
  const table = aTable(aRoute('x.test', [aDynoRow('d')], { id: 'a' }), aRoute('y.test', []))
  table.replace({ number: 9, rows: [aRoute('z.test', [], { id: 'c' })] })
  assert.equal(appOf(table, 'x.test'), undefined)
  assert.equal(appOf(table, 'z.test'), 'c')
  assert.deepEqual([table.number, [...table.left].length], [9, 1])
  table.forget(() => true)
  assert.deepEqual([...table.left], [])
})

test('a malformed row is refused before any of its change is applied', () => {
  const table = aTable(aRoute('x.test', [], { id: 'a' }))
  const set = [aRoute('new.test', []), aRoute('bad.test', [aDynoRow('d', { port: 0 })])]
  assert.throws(() => table.change({ number: 2, set, remove: ['a'] }), /malformed/)
  assert.equal(appOf(table, 'x.test'), 'a')
  assert.equal(appOf(table, 'new.test'), undefined)
  assert.equal(table.number, 1)
})

test('among 10,000 hosts that change all the time each request reaches the app that has its host', async () => {
  // Two dynos serve all apps: which of them an app is on must always show in its answer.
  const answer =
    (which: number): http.RequestListener =>
    (request, response) =>
      response.end(`${which} ${request.headers.host}`)
  await using even = await aDyno(answer(0))
  await using odd = await aDyno(answer(1))
  const routeOf = (n: number, turn: number): AppRoute => {
    const dyno = turn % 2 === 0 ? even : odd
    return aRoute(`h${n}.test`, [{ ...dyno.route, id: `${n}-${turn}` }], { id: `app-${n}` })
  }
  const turns = new Map<number, number>()
  const routes = Array.from({ length: 10_000 }, (_, n) => routeOf(n, 0))
  await using router = await aRouter({ routes })

  let isOver = false
  const wrong: string[] = []
  let asked = 0
  const agent = new http.Agent({ keepAlive: true, maxSockets: 8 })
  const load = async (): Promise<void> => {
    while (!isOver) {
      const n = Math.floor(Math.random() * 300)
      const before = turns.get(n) ?? 0
      const { status, body } = await ask(router.port, `h${n}.test`, { agent })
      const after = turns.get(n) ?? 0
      asked += 1
      // Either what held when it was asked, or what held when it was answered.
      const isSettled = after === before && Number.isInteger(before)
      const allowed = isSettled ? [before % 2] : [0, 1]
      if (status !== 200 || !allowed.some((which) => body === `${which} h${n}.test`))
        wrong.push(`${status} ${body}`)
    }
  }
  const loads = Array.from({ length: 8 }, load)
  for (let change = 0; change < 100; change++) {
    const changed = [1, 2, 3].map(() => Math.floor(Math.random() * 300))
    const set = [...new Set(changed)].map((n) => {
      const turn = (turns.get(n) ?? 0) + 1
      return { n, turn, route: routeOf(n, turn) }
    })
    // From the moment it may be known until it surely is, both answers are right.
    for (const { n, turn } of set) turns.set(n, turn - 0.5)
    await router.source.set(...set.map(({ route }) => route))
    for (const { n, turn } of set) turns.set(n, turn)
  }
  isOver = true
  await Promise.all(loads)
  agent.destroy()
  assert.deepEqual(wrong, [])
  assert.ok(asked > 100, `${asked} requests`)
})
