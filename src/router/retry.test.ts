import assert from 'node:assert/strict'
import http from 'node:http'
import { test } from 'node:test'
import type { RouteDyno } from '#/platform/domain/route-feed.ts'
import {
  aClosedPort,
  aDyno,
  aRawDyno,
  aRoute,
  aRouter,
  ask,
  PATIENCE,
} from '../../test/support/router.ts'
import { until } from '../../test/support/until.ts'

const hello: http.RequestListener = (request, response) => {
  request.resume().on('end', () => response.end('hello'))
}

const aDeadDyno = async (): Promise<RouteDyno> => ({
  id: 'dead',
  name: 'web.9',
  host: '127.0.0.1',
  port: await aClosedPort(),
  releaseVersion: 1,
  deployId: null,
  weight: 1,
})

test('a dyno that refuses connections costs no request, whatever its method and body', async () => {
  await using dyno = await aDyno(hello)
  const dead = await aDeadDyno()
  await using router = await aRouter({ routes: [aRoute('a.test', [dead, dyno.route])] })
  for (let n = 0; n < 20; n++) {
    const { status } = await ask(router.port, 'a.test', {
      method: 'POST',
      body: 'x'.repeat(70_000),
    })
    assert.equal(status, 200)
  }
})

test('a dyno that refused is left alone for a while', async () => {
  await using dyno = await aDyno(hello)
  await using coming = await aDyno(hello)
  await coming.kill()
  await using router = await aRouter({
    routes: [aRoute('a.test', [dyno.route, coming.route])],
    limits: { refusedMs: 60_000 },
  })
  const askOften = async (): Promise<void> => {
    for (let n = 0; n < 30; n++) assert.equal((await ask(router.port, 'a.test')).status, 200)
  }
  await askOften()
  let answers = 0
  await using back = await listenOn(coming.route.port, (_, response) => {
    answers += 1
    response.end()
  })
  await askOften()
  assert.equal(answers, 0)
  await back[Symbol.asyncDispose]()
})

test('a connection that the dyno closed while it rested costs no request', async () => {
  await using dyno = await aDyno(hello)
  await using router = await aRouter({ routes: [aRoute('a.test', [dyno.route])] })
  await ask(router.port, 'a.test')
  assert.equal(dyno.open(), 1)
  const address = dyno.route.port
  await dyno.kill()
  await using again = await listenOn(address, hello)
  assert.equal((await ask(router.port, 'a.test')).body, 'hello')
  await again[Symbol.asyncDispose]()
})

test('a request that a resting connection swallowed is sent again, if it may be', async () => {
  const seen: string[] = []
  // Serves one request a connection, and hangs up on the second without a word.
  await using dyno = await aRawDyno((socket) => {
    let requests = 0
    socket.on('data', (bytes) => {
      requests += 1
      seen.push(bytes.toString('latin1').slice(0, 4))
      if (requests === 1) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
      else socket.destroy()
    })
  })
  await using router = await aRouter({ routes: [aRoute('a.test', [dyno.route])] })
  assert.equal((await ask(router.port, 'a.test')).body, 'ok')
  assert.equal((await ask(router.port, 'a.test')).body, 'ok')
  assert.deepEqual(seen, ['GET ', 'GET ', 'GET '])
  assert.equal((await ask(router.port, 'a.test', { method: 'POST', body: 'x' })).status, 503)
  assert.deepEqual(seen.slice(3), ['POST'], 'a POST is sent once')
})

test('connections to a dyno are used again, one after the other', async () => {
  await using dyno = await aDyno(hello)
  await using router = await aRouter({ routes: [aRoute('a.test', [dyno.route])] })
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  for (let n = 0; n < 20; n++)
    await ask(router.port, 'a.test', { agent, method: n % 2 ? 'POST' : 'GET' })
  for (let n = 0; n < 5; n++) await ask(router.port, 'a.test')
  agent.destroy()
  assert.equal(dyno.connections(), 1)
})

test('a connection to a dyno rests no longer than it should', async () => {
  await using dyno = await aDyno(hello)
  await using router = await aRouter({
    routes: [aRoute('a.test', [dyno.route])],
    limits: { upstreamIdleMs: 50 },
  })
  await ask(router.port, 'a.test')
  await until(() => dyno.open() === 0, PATIENCE)
})

test('when one of three dynos dies its requests go to the others', async () => {
  const dynos = await Promise.all([1, 2, 3].map((n) => aDyno(hello, { name: `web.${n}` })))
  await using router = await aRouter({
    routes: [
      aRoute(
        'a.test',
        dynos.map(({ route }) => route),
      ),
    ],
  })
  const statuses: number[] = []
  const load = async (): Promise<void> => {
    for (let n = 0; n < 100; n++) statuses.push((await ask(router.port, 'a.test')).status)
  }
  const loads = [load(), load()]
  await until(() => statuses.length > 20, PATIENCE)
  await dynos[0]?.kill()
  await Promise.all(loads)
  for (const dyno of dynos) await dyno[Symbol.asyncDispose]()
  // What it was answering when it died is lost, and nothing else is.
  assert.ok(statuses.filter((status) => status !== 200).length <= 2, statuses.join())
})

const listenOn = async (port: number, handle: http.RequestListener): Promise<AsyncDisposable> => {
  const server = http.createServer(handle)
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
