import assert from 'node:assert/strict'
import type http from 'node:http'
import { once } from 'node:events'
import net from 'node:net'
import { test } from 'node:test'
import { ended, start } from '#/foundation/exec.ts'
import type { AppRoute } from '#/platform/domain/route-feed.ts'
import {
  aClosedPort,
  aDyno,
  aDynoThatSays,
  aRawDyno,
  aRoute,
  aRouter,
  ask,
  converse,
  PATIENCE,
  type TestRouter,
} from '../../test/support/router.ts'
import { until } from '../../test/support/until.ts'

const aRouteTo = (port: number, given: Partial<AppRoute> = {}): AppRoute =>
  aRoute(
    'a.test',
    [
      {
        id: `${port}`,
        name: 'web.1',
        host: '127.0.0.1',
        port,
        releaseVersion: 1,
        deployId: null,
        weight: 1,
      },
    ],
    given,
  )

/** A port whose queue is full: whoever connects gets no answer, as from a machine that is gone. */
const aFullPort = async () => {
  const child = start(
    'python3',
    [
      '-c',
      'import socket; s = socket.create_server(("127.0.0.1", 0), backlog=0); print(s.getsockname()[1], flush=True); input()',
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const [said] = await once(child.stdout ?? child, 'data')
  const port = Number(said)
  const socket = net.connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      socket.destroy()
      child.kill()
      await ended(child)
    },
  }
}

const codeOf = (router: TestRouter): Promise<string> =>
  until(() => router.lines.at(-1)?.text.match(/ code=(H\d\d) /)?.[1], PATIENCE)

const hello: http.RequestListener = (_, response) => response.end('hello')

test('an unknown host is told that there is no such app', async () => {
  await using router = await aRouter({ routes: [aRoute('a.test', [])] })
  const { status, body, headers } = await ask(router.port, 'b.test')
  assert.equal(status, 404)
  assert.match(body, /No such app/)
  assert.match(headers['content-type'] ?? '', /html/)
})

test('what keeps an app from answering is told by page and by code', async () => {
  await using router = await aRouter()
  await using dyno = await aDyno(hello)
  const cases: [AppRoute, number, string, RegExp][] = [
    [aRoute('a.test', [dyno.route], { maintenance: true }), 503, 'H80', /maintenance/],
    [aRoute('a.test', [], { hasRelease: false }), 502, 'H81', /nothing here, yet/],
    [aRoute('a.test', []), 503, 'H14', /Application error/],
    [aRoute('a.test', [], { crashed: true }), 503, 'H10', /Application error/],
    [aRouteTo(await aClosedPort()), 503, 'H21', /Application error/],
    [aRouteTo(await aClosedPort(), { crashed: true }), 503, 'H10', /Application error/],
  ]
  for (const [route, expected, code, page] of cases) {
    await router.source.set(route)
    const { status, body } = await ask(router.port, 'a.test')
    assert.equal(status, expected)
    assert.match(body, page)
    assert.equal(await codeOf(router), code)
    await router.source.remove(route.id)
  }
  assert.match(router.lines[0]?.text ?? '', /^at=info code=H80 desc="Maintenance mode" /)
})

test('the page of an error has no body for HEAD, and its connection goes on', async () => {
  await using router = await aRouter({ routes: [aRoute('a.test', [])] })
  using client = await converse(router.port)
  client.say('HEAD / HTTP/1.1\r\nHost: a.test\r\n\r\n')
  assert.match(await client.hear('\r\n\r\n'), /^HTTP\/1.1 503 /)
  client.say('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n')
  assert.match(await client.hear('</html>'), /^HTTP\/1.1 503 /)
})

test('what a dyno says instead of a response is named', async () => {
  await using router = await aRouter()
  const cases: [string, string][] = [
    ['hello\r\n\r\n', 'H17'],
    ['hello', 'H17'],
    ['HTTP/1.1 200 OK\nContent-Length: 0\n\n\r\n\r\n', 'H17'],
    ['HTTP/1.1 2000 OK\r\n\r\n', 'H17'],
    ['HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\na', 'H17'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n', 'H17'],
    ['HTTP/1.1 200 OK\r\nX : a\r\n\r\n', 'H17'],
    ['HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n', 'H17'],
    ['HTTP/1.1 100 Continue\r\n\r\n'.repeat(20), 'H17'],
  ]
  for (const [says, code] of cases) {
    await using dyno = await aDynoThatSays(says)
    await router.source.set(aRoute('a.test', [dyno.route], { id: 'a' }))
    assert.equal((await ask(router.port, 'a.test')).status, 503, says.slice(0, 40))
    assert.equal(await codeOf(router), code)
  }
})

test('a response that is valid and yet risky to pass on is not, and the log says why', async () => {
  await using router = await aRouter()
  const cases: [string, string][] = [
    [`X: ${'a'.repeat(70_000)}`, 'oversized header'],
    [`Set-Cookie: a=${'b'.repeat(9_000)}\r\n\r\n`, 'oversized cookie'],
    ['Content-Length: 1\r\nContent-Length: 2\r\n\r\n', 'invalid content length'],
  ]
  for (const [lines, cause] of cases) {
    await using dyno = await aDynoThatSays(`HTTP/1.1 200 OK\r\n${lines}`)
    await router.source.set(aRoute('a.test', [dyno.route], { id: 'a' }))
    assert.equal((await ask(router.port, 'a.test')).status, 502, cause)
    const line = router.lines.at(-1)?.text ?? ''
    assert.ok(line.startsWith(`at=error code=H25 desc="HTTP restriction: ${cause}" `), line)
  }
})

test('a request that breaks the rules is told to the app that it was for, if that is known', async () => {
  await using dyno = await aDyno((request, response) =>
    request.resume().on('end', () => response.end()),
  )
  await using router = await aRouter({ routes: [aRoute('a.test', [dyno.route])] })
  const HOST = 'Host: a.test\r\n'
  const cases: [string, number, string | undefined][] = [
    [`GET /x HTTP/1.1\r\n${HOST}Expect: more\r\n\r\n`, 417, 'unsupported expect header value'],
    [`GET /x HTTP/1.1\r\n${HOST}X : a\r\n\r\n`, 400, 'bad header: malformed line'],
    [`POST /x HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nx\r\n`, 400, 'bad chunk'],
    [`GET /x HTTP/1.1\r\n${HOST}${HOST}\r\n`, 400, undefined],
    [`GET /x HTTP/1.1\r\nX : a\r\n${HOST}\r\n`, 400, undefined],
  ]
  for (const [says, status, cause] of cases) {
    router.lines.length = 0
    using client = await converse(router.port)
    client.say(says)
    assert.match(await client.over(), new RegExp(`^HTTP/1.1 ${status} `))
    const line = router.lines[0]?.text ?? ''
    if (cause === undefined) assert.equal(line, '')
    else {
      assert.ok(line.startsWith(`at=error code=H26 desc="Request Error" cause="${cause}" `), line)
      assert.match(line, new RegExp(` path="/x" host=a.test request_id=\\S+ .* status=${status} `))
    }
  }
})

test('a dyno that does not take connections is given up after its time', async () => {
  await using full = await aFullPort()
  await using router = await aRouter({ routes: [aRouteTo(full.port)], limits: { connectMs: 200 } })
  assert.equal((await ask(router.port, 'a.test')).status, 503)
  assert.match(
    router.lines[0]?.text ?? '',
    /^at=error code=H19 desc="Backend connection timeout" .* dyno=web\.1 connect= /,
  )
})

test('an app that gives no leave to send a body is slow, not its client', async () => {
  await using silent = await aRawDyno((socket) => socket.resume())
  await using router = await aRouter({
    routes: [aRoute('a.test', [silent.route])],
    limits: { firstByteMs: 100, idleMs: 60_000 },
  })
  using client = await converse(router.port)
  client.say('POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n')
  assert.match(await client.over(), /^HTTP\/1.1 503 /)
  assert.equal(await codeOf(router), 'H12')
})

test('a dyno that closes without a word, or in the middle of one, is named', async () => {
  await using router = await aRouter()
  for (const [says, code] of [
    ['', 'H13'],
    ['HTTP/1.1 200 OK\r\nX', 'H18'],
  ] as const) {
    await using dyno = await aRawDyno((socket) => socket.once('data', () => socket.end(says)))
    await router.source.set(aRoute('a.test', [dyno.route], { id: 'a' }))
    assert.equal((await ask(router.port, 'a.test', { method: 'POST', body: 'x' })).status, 503)
    assert.equal(await codeOf(router), code)
    if (code === 'H18') assert.match(router.lines.at(-1)?.text ?? '', /^sock=backend at=error /)
  }
})

test('a response that breaks off is never shown as whole', async () => {
  await using router = await aRouter()
  for (const framing of ['Content-Length: 10', 'Transfer-Encoding: chunked']) {
    await using dyno = await aRawDyno((socket) =>
      socket.once('data', () =>
        socket.end(`HTTP/1.1 200 OK\r\n${framing}\r\n\r\n5\r\nhello\r\n`.slice(0, -2)),
      ),
    )
    await router.source.set(aRoute('a.test', [dyno.route], { id: 'a' }))
    await assert.rejects(ask(router.port, 'a.test'))
    assert.equal(await codeOf(router), 'H18')
  }
})

test('chunks that are none end a response that has begun, and go no further', async () => {
  const HEAD = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
  const sockets: net.Socket[] = []
  await using dyno = await aRawDyno((socket) => {
    sockets.push(socket.once('data', () => socket.write(`${HEAD}5\r\nhello\r\n`)))
  })
  await using router = await aRouter({ routes: [aRoute('a.test', [dyno.route])] })
  using client = await converse(router.port)
  client.say('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n')
  await client.hear('hello\r\n')
  sockets[0]?.write('5\r\nworld\r\nxyz\r\n')
  assert.ok((await client.over()).endsWith('5\r\nhello\r\n'))
  assert.equal(await codeOf(router), 'H17')
})

test('a response with no chunk that is one is an error, and nothing of it goes on', async () => {
  const HEAD = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
  await using dyno = await aDynoThatSays(`${HEAD}xyz\r\n`)
  await using router = await aRouter({ routes: [aRoute('a.test', [dyno.route])] })
  assert.equal((await ask(router.port, 'a.test')).status, 503)
  assert.equal(await codeOf(router), 'H17')
})

test('a dyno that does not answer, or stops answering, is given up after its time', async () => {
  await using silent = await aRawDyno((socket) => socket.resume())
  await using stalled = await aDynoThatSays('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf')
  await using router = await aRouter({
    routes: [aRoute('silent.test', [silent.route]), aRoute('stalled.test', [stalled.route])],
    limits: { firstByteMs: 100, idleMs: 100 },
  })
  assert.equal((await ask(router.port, 'silent.test')).status, 503)
  assert.equal(await codeOf(router), 'H12')
  await assert.rejects(ask(router.port, 'stalled.test'))
  assert.equal(await codeOf(router), 'H15')
  await until(() => silent.open() === 0 && stalled.open() === 0, PATIENCE)
})

test('a slow upload is no slow app: the time of the first byte counts from the end of the request', async () => {
  await using dyno = await aDyno((request, response) =>
    request.resume().on('end', () => response.end('done')),
  )
  await using router = await aRouter({
    routes: [aRoute('a.test', [dyno.route])],
    limits: { firstByteMs: 200 },
  })
  using client = await converse(router.port)
  client.say('POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\n\r\n')
  for (const octet of 'hello') {
    await new Promise((resolve) => setTimeout(resolve, 100)) // the slowness is what is tested
    client.say(octet)
  }
  await client.hear('done')
})

test('a client that goes away is no fault of the dyno, which is told at once', async () => {
  await using dyno = await aDyno((request) => request.resume())
  await using router = await aRouter({ routes: [aRoute('a.test', [dyno.route])] })
  using client = await converse(router.port)
  client.say('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n')
  await until(() => dyno.open() === 1, PATIENCE)
  client.socket.destroy()
  await until(() => dyno.open() === 0, PATIENCE)
  assert.equal(await codeOf(router), 'H27')
  assert.match(router.lines[0]?.text ?? '', /^sock=client at=warning code=H27 .* status=499 /)
})

test('an app whose dynos are full answers that it is, and others answer as ever', async () => {
  await using stuck = await aRawDyno((socket) => socket.resume())
  await using fine = await aDyno(hello)
  await using router = await aRouter({
    routes: [aRoute('stuck.test', [stuck.route]), aRoute('fine.test', [fine.route])],
    limits: { requestsPerDyno: 3, requestsPerApp: 5 },
  })
  const waiting = Array.from({ length: 3 }, () => converse(router.port))
  for (const client of await Promise.all(waiting))
    client.say('GET / HTTP/1.1\r\nHost: stuck.test\r\n\r\n')
  await until(() => stuck.open() === 3, PATIENCE)
  assert.equal((await ask(router.port, 'stuck.test')).status, 503)
  assert.equal(await codeOf(router), 'H22')
  assert.equal((await ask(router.port, 'fine.test')).body, 'hello')
  for (const client of await Promise.all(waiting)) client.socket.destroy()
})

test('a backlog of one app is bounded', async () => {
  await using stuck = await aRawDyno((socket) => socket.resume())
  await using router = await aRouter({
    routes: [aRoute('a.test', [stuck.route])],
    limits: { requestsPerApp: 1 },
  })
  using client = await converse(router.port)
  client.say('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n')
  await until(() => stuck.open() === 1, PATIENCE)
  assert.equal((await ask(router.port, 'a.test')).status, 503)
  assert.equal(await codeOf(router), 'H11')
})
