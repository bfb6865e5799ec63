import assert from 'node:assert/strict'
import http from 'node:http'
import { test } from 'node:test'
import type { RouterReport } from '#/platform/domain/route-feed.ts'
import {
  aDyno,
  aDynoOf,
  aRoute,
  aRouter,
  ask,
  converse,
  PATIENCE,
  type RouteSource,
  type TestDyno,
} from '../../test/support/router.ts'
import { until } from '../../test/support/until.ts'

/** A dyno whose responses wait for `let go`. */
const aHeldDyno = async (name: string, releaseVersion: number) => {
  const waiting: http.ServerResponse[] = []
  const dyno = await aDyno(
    (_, response) => {
      if (name === 'old') waiting.push(response)
      else response.end(name)
    },
    { releaseVersion },
  )
  return {
    dyno,
    waiting,
    letGo: () => {
      for (const response of waiting.splice(0)) response.end(name)
    },
  }
}

const countersOf = (source: RouteSource, { route }: TestDyno) =>
  source.reports.flatMap(({ counters }) => counters).findLast(({ dynoId }) => dynoId === route.id)

const drainingIn = (source: RouteSource): RouterReport['draining'] | undefined =>
  source.reports.at(-1)?.draining

test('requests that end within the drain are all served by the dyno that has them', async () => {
  const { dyno, waiting, letGo } = await aHeldDyno('old', 1)
  await using old = dyno
  await using fresh = (await aHeldDyno('new', 2)).dyno
  await using router = await aRouter({ routes: [aRoute('a.test', [old.route], { id: 'a' })] })
  const { source } = router
  const asked = [1, 2, 3].map(() => ask(router.port, 'a.test'))
  await until(() => waiting.length === 3, PATIENCE)

  await source.set(aRoute('a.test', [fresh.route], { id: 'a' }))
  assert.deepEqual(
    drainingIn(source),
    [{ dynoId: old.route.id, requests: 3 }],
    'told before it was applied',
  )
  assert.equal((await ask(router.port, 'a.test')).body, 'new')

  letGo()
  assert.deepEqual(
    (await Promise.all(asked)).map(({ status, body }) => `${status} ${body}`),
    ['200 old', '200 old', '200 old'],
  )
  await until(() => drainingIn(source)?.length === 0, PATIENCE)
  await until(() => countersOf(source, old)?.served === 3, PATIENCE)
  const { drained, failed } = countersOf(source, old) ?? {}
  assert.deepEqual({ drained, failed }, { drained: 3, failed: 0 })
  await until(() => countersOf(source, fresh)?.served === 1, PATIENCE)
  assert.equal(old.open(), 0, 'its connections are closed')
})

test('requests that outlast the drain end with their dyno: none is served, all are told', async () => {
  const { dyno: old, waiting } = await aHeldDyno('old', 1)
  await using router = await aRouter({ routes: [aRoute('a.test', [old.route], { id: 'a' })] })
  const asked = Array.from({ length: 20 }, () => ask(router.port, 'a.test'))
  await until(() => waiting.length === 20, PATIENCE)
  await router.source.set(aRoute('a.test', [], { id: 'a' }))
  await old.kill()
  assert.deepEqual(new Set((await Promise.all(asked)).map(({ status }) => status)), new Set([503]))
  await until(() => countersOf(router.source, old)?.failed === 20, PATIENCE)
  assert.equal(countersOf(router.source, old)?.served, 0)
  assert.deepEqual(drainingIn(router.source), [])
})

test('a WebSocket counts as a request under way until its dyno ends it', async () => {
  const server = http.createServer()
  server.on('upgrade', (_, socket) => {
    socket.on('error', () => {})
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    )
  })
  const old = await aDynoOf(server)
  await using router = await aRouter({ routes: [aRoute('a.test', [old.route], { id: 'a' })] })
  using client = await converse(router.port)
  client.say('GET / HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
  await client.hear('\r\n\r\n')
  await router.source.set(aRoute('a.test', [], { id: 'a' }))
  assert.deepEqual(drainingIn(router.source), [{ dynoId: old.route.id, requests: 1 }])
  assert.equal(client.isOver(), false)
  await old.kill()
  await client.over()
  await until(() => drainingIn(router.source)?.length === 0, PATIENCE)
  assert.equal(countersOf(router.source, old)?.failed, 0)
})

test('a connection once answered by the new release is never answered by the old', async () => {
  await using old = await aDyno((_, response) => response.end('1'), { releaseVersion: 1 })
  await using fresh = await aDyno((_, response) => response.end('2'), { releaseVersion: 2 })
  await using router = await aRouter({ routes: [aRoute('a.test', [old.route], { id: 'a' })] })
  const agents = Array.from({ length: 4 }, () => new http.Agent({ keepAlive: true, maxSockets: 1 }))
  const answers = agents.map((): string[] => [])
  let isOver = false
  const load = agents.map(async (agent, at) => {
    while (!isOver) answers[at]?.push((await ask(router.port, 'a.test', { agent })).body)
  })
  const untilAll = (enough: number): Promise<unknown> => {
    const before = answers.map(({ length }) => length)
    return until(
      () => answers.every(({ length }, at) => length > (before[at] ?? 0) + enough),
      PATIENCE,
    )
  }
  await untilAll(5)
  await router.source.set(aRoute('a.test', [old.route, fresh.route], { id: 'a' }))
  await untilAll(20)
  await router.source.set(aRoute('a.test', [fresh.route], { id: 'a' }))
  await untilAll(5)
  isOver = true
  await Promise.all(load)
  for (const agent of agents) agent.destroy()
  for (const of of answers) assert.match(of.join(''), /^1+2+$/)
})

test('a change that cannot be understood changes nothing', async () => {
  await using dyno = await aDyno((_, response) => response.end('still here'))
  const route = aRoute('a.test', [dyno.route])
  await using router = await aRouter({ routes: [route] })
  const broken = { ...aRoute('b.test', [{ ...dyno.route, port: 99_999 }]) }
  const refused = router.source.change({
    set: [{ ...route, hosts: ['c.test'] }, broken],
    remove: [],
  })
  refused.catch(() => {}) // nobody will ever have applied it
  await until(() => router.source.count() === 0, PATIENCE)
  assert.equal((await ask(router.port, 'a.test')).body, 'still here')
  assert.equal((await ask(router.port, 'c.test')).status, 404)
  await router.source.remove(broken.id)
  await until(async () => (await ask(router.port, 'c.test')).status === 200, PATIENCE)
})

test('routes go on without anybody who feeds them, also in the next router', async () => {
  await using dyno = await aDyno((_, response) => response.end('hello'))
  await using first = await aRouter({ routes: [aRoute('a.test', [dyno.route])] })
  await first.source.set(aRoute('b.test', [dyno.route]))
  await first.source.goAway()
  assert.equal((await ask(first.port, 'a.test')).body, 'hello')
  await first.stop()
  await using second = await aRouter({ source: first.source })
  for (const host of ['a.test', 'b.test'])
    assert.equal((await ask(second.port, host)).body, 'hello')
})

test('a router that nobody has ever told anything says so, and not that there is no app', async () => {
  await using first = await aRouter()
  await first.source.goAway()
  await first.stop()
  const { rm } = await import('node:fs/promises')
  await rm(`${first.source.dir}/router`, { recursive: true })
  await using second = await aRouter({ source: first.source })
  assert.equal((await ask(second.port, 'a.test')).status, 503)
})

test('a router that came within a deploy tells what it has counted before it says that it has the next change', async () => {
  await using fresh = (await aHeldDyno('new', 2)).dyno
  const route = aRoute('a.test', [fresh.route], { id: 'a' })
  await using router = await aRouter({ routes: [route] })
  await ask(router.port, 'a.test')
  await router.source.set(route)
  assert.equal(countersOf(router.source, fresh)?.served, 1)
})

test('counters come about once a second, and whole to whoever connects anew', async () => {
  await using dyno = await aDyno((_, response) => response.end('hello'))
  await using router = await aRouter({ routes: [aRoute('a.test', [dyno.route])] })
  for (let n = 0; n < 50; n++) await ask(router.port, 'a.test')
  await until(() => countersOf(router.source, dyno)?.served === 50, PATIENCE)
  const { longestMs, releaseVersion } = countersOf(router.source, dyno) ?? {}
  assert.ok(longestMs && longestMs > 0)
  assert.equal(releaseVersion, 1)
  assert.ok(router.source.reports.length < 20, 'not a report for each request')
})

test('a router that must end cuts what is still under way, and says so to client and log', async () => {
  await using dyno = await aDyno(() => {})
  await using router = await aRouter({
    routes: [aRoute('a.test', [dyno.route])],
    limits: { drainMs: 200 },
  })
  const asked = ask(router.port, 'a.test')
  await until(() => dyno.open() === 1, PATIENCE)
  await router.stop()
  assert.equal((await asked).status, 503)
  assert.match(router.lines[0]?.text ?? '', /code=H24 desc="Forced close"/)
})
