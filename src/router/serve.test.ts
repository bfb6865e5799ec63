import assert from 'node:assert/strict'
import http from 'node:http'
import { test } from 'node:test'
import {
  aDyno,
  aDynoOf,
  aDynoThatSays,
  aRoute,
  aRouter,
  ask,
  converse,
} from '../../test/support/router.ts'
import { until } from '../../test/support/until.ts'

const echo: http.RequestListener = (request, response) => {
  const parts: Buffer[] = []
  request
    .on('data', (part: Buffer) => parts.push(part))
    .on('end', () =>
      response.end(
        JSON.stringify({
          line: `${request.method} ${request.url} HTTP/${request.httpVersion}`,
          headers: request.headers,
          trailers: request.trailers,
          body: Buffer.concat(parts).toString('latin1'),
        }),
      ),
    )
}

test('a request reaches the app of its host, with what Heroku tells of the client', async () => {
  await using dyno = await aDyno(echo)
  await using router = await aRouter({ routes: [aRoute('a.test', [dyno.route])] })
  const { status, body } = await ask(router.port, 'A.test:8080', {
    path: '/x?y=1',
    headers: {
      'X-Forwarded-For': '9.9.9.9',
      'X-Forwarded-Proto': 'https',
      Via: '1.0 cdn',
      Cookie: 'a=b',
    },
  })
  assert.equal(status, 200)
  const { line, headers } = JSON.parse(body)
  assert.equal(line, 'GET /x?y=1 HTTP/1.1')
  assert.equal(headers.host, 'A.test:8080')
  assert.equal(headers.cookie, 'a=b')
  assert.equal(headers['x-forwarded-for'], '9.9.9.9, 127.0.0.1')
  assert.equal(headers['x-forwarded-proto'], 'http')
  assert.equal(headers['x-forwarded-port'], String(router.port))
  assert.equal(headers.via, '1.0 cdn, 1.1 sluice')
  assert.match(headers['x-request-id'], /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  assert.ok(Math.abs(Number(headers['x-request-start']) - Date.now()) < 60_000)
})

test('a request id of the client is kept if it is one', async () => {
  await using dyno = await aDyno(echo)
  await using router = await aRouter({ routes: [aRoute('a.test', [dyno.route])] })
  const idFor = async (given: string): Promise<string> => {
    const { body } = await ask(router.port, 'a.test', { headers: { 'X-Request-Id': given } })
    return JSON.parse(body).headers['x-request-id']
  }
  assert.equal(await idFor('abcdefghij-0123456789'), 'abcdefghij-0123456789')
  assert.notEqual(await idFor('too-short'), 'too-short')
  assert.notEqual(await idFor('abcdefghij_0123456789'), 'abcdefghij_0123456789')
})

test('headers of one connection only do not go on', async () => {
  await using dyno = await aDyno(echo)
  await using router = await aRouter({ routes: [aRoute('a.test', [dyno.route])] })
  const { body } = await ask(router.port, 'a.test', {
    headers: {
      Connection: 'close, X-Private',
      'X-Private': '1',
      'Keep-Alive': 'timeout=9',
      'Proxy-Connection': 'x',
      TE: 'trailers',
      X_Forwarded_For: '6.6.6.6',
      'X-Public': '2',
    },
  })
  const { headers } = JSON.parse(body)
  assert.equal(headers['x-public'], '2')
  for (const name of ['x-private', 'keep-alive', 'proxy-connection', 'te', 'x_forwarded_for'])
    assert.equal(headers[name], undefined, name)
})

test('bodies go through in either framing, with their trailers', async () => {
  await using dyno = await aDyno(echo)
  await using router = await aRouter({ routes: [aRoute('a.test', [dyno.route])] })
  const counted = await ask(router.port, 'a.test', { method: 'POST', body: 'x'.repeat(100_000) })
  assert.equal(JSON.parse(counted.body).body.length, 100_000)
  using client = await converse(router.port)
  client.say(
    'POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: Chunked\r\nTrailer: X-Sum\r\n\r\n',
  )
  for (const octet of '5;a=b\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 11\r\n\r\n') client.say(octet)
  const heard = await client.hear('hello world"}')
  assert.match(heard, /"x-sum":"11"/)
})

test('the trailers of a response, and hints before it, go to clients that know of them', async () => {
  await using dyno = await aDyno((_, response) => {
    response.writeEarlyHints({ link: '</style.css>; rel=preload' })
    response.setHeader('Trailer', 'X-Sum')
    response.write('hello')
    response.addTrailers({ 'X-Sum': '5' })
    response.end()
  })
  await using router = await aRouter({ routes: [aRoute('a.test', [dyno.route])] })
  using client = await converse(router.port)
  client.say('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n')
  assert.match(
    await client.hear('0\r\nX-Sum: 5\r\n\r\n'),
    /^HTTP\/1\.1 103 Early Hints\r\nLink: [^]*\r\n\r\nHTTP\/1\.1 200 OK\r\n[^]*hello\r\n/,
  )
  using old = await converse(router.port)
  old.say('GET / HTTP/1.0\r\nHost: a.test\r\n\r\n')
  assert.match(await old.over(), /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nhello$/)
})

test('a client of HTTP/1.0 that expects anything is served all the same', async () => {
  await using dyno = await aDyno(echo)
  await using router = await aRouter({ routes: [aRoute('a.test', [dyno.route])] })
  using client = await converse(router.port)
  client.say('POST / HTTP/1.0\r\nHost: a.test\r\nContent-Length: 2\r\nExpect: x\r\n\r\nhi')
  const heard = await client.over()
  assert.match(heard, /^HTTP\/1\.1 200 OK\r\n[^]*"hi"\}$/)
  assert.doesNotMatch(heard, /"expect"/)
})

test('a response comes as the app sent it, but for what concerns its connection', async () => {
  await using dyno = await aDynoThatSays(
    'HTTP/1.1 201 Very Created\r\nSet-Cookie: a\r\nset-cookie: b\r\nConnection: keep-alive, X-Own\r\n' +
      'X-Own: 1\r\nKeep-Alive: timeout=5\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok',
  )
  await using router = await aRouter({ routes: [aRoute('a.test', [dyno.route])] })
  using client = await converse(router.port)
  client.say('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n')
  assert.equal(
    await client.hear('\r\n\r\nok'),
    'HTTP/1.1 201 Very Created\r\nSet-Cookie: a\r\nset-cookie: b\r\nContent-Length: 2\r\nVia: 1.1 sluice\r\nKeep-Alive: timeout=4\r\n\r\nok',
  )
})

test('the response to HEAD has no body, and the connection goes on', async () => {
  await using dyno = await aDyno((request, response) => {
    response.setHeader('Content-Length', 5)
    response.end(request.method === 'HEAD' ? undefined : 'hello')
  })
  await using router = await aRouter({ routes: [aRoute('a.test', [dyno.route])] })
  using client = await converse(router.port)
  client.say('HEAD / HTTP/1.1\r\nHost: a.test\r\n\r\n')
  assert.match(await client.hear('\r\n\r\n'), /Content-Length: 5/i)
  client.say('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n')
  assert.match(await client.hear('hello'), /^HTTP\/1.1 200 OK/)
})

test('a response without a length is chunked for a client of today, and ends with the connection for one of old', async () => {
  await using dyno = await aDyno((_, response) => {
    response.useChunkedEncodingByDefault = false
    response.shouldKeepAlive = false
    response.end('to the end')
  })
  await using router = await aRouter({ routes: [aRoute('a.test', [dyno.route])] })
  using client = await converse(router.port)
  client.say('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n')
  const { body } = await ask(router.port, 'a.test')
  assert.equal(body, 'to the end')
  await using raw = await aDynoThatSays('HTTP/1.0 200 OK\r\n\r\nold')
  await router.source.set(aRoute('old.test', [raw.route]))
  using old = await converse(router.port)
  old.say('GET / HTTP/1.0\r\nHost: old.test\r\n\r\n')
  await old.hear('old')
  await raw.kill()
  assert.equal(
    await old.over(),
    'HTTP/1.1 200 OK\r\nVia: 1.1 sluice\r\nConnection: close\r\n\r\nold',
  )
})

test('a client of HTTP/1.0 gets no chunks, and keeps its connection if it asks to', async () => {
  await using dyno = await aDyno((request, response) => {
    if (request.url === '/known') response.setHeader('Content-Length', 2)
    response.write('o')
    response.end('k')
  })
  await using router = await aRouter({ routes: [aRoute('a.test', [dyno.route])] })
  using client = await converse(router.port)
  client.say('GET /known HTTP/1.0\r\nHost: a.test\r\nConnection: keep-alive\r\n\r\n')
  assert.match(await client.hear('\r\n\r\nok'), /\r\nConnection: keep-alive\r\n/)
  client.say('GET /unknown HTTP/1.0\r\nHost: a.test\r\nConnection: keep-alive\r\n\r\n')
  const heard = await client.over()
  assert.match(heard.slice(-50), /\r\nConnection: close\r\n\r\nok$/)
})

test('requests sent one behind the other are answered in their order', async () => {
  await using dyno = await aDyno((request, response) => {
    setTimeout(() => response.end(`[${request.url}]`), request.url === '/1' ? 50 : 0)
  })
  await using router = await aRouter({ routes: [aRoute('a.test', [dyno.route])] })
  using client = await converse(router.port)
  client.say(
    [1, 2, 3, 4]
      .map((n) => `GET /${n} HTTP/1.1\r\nHost: ${n === 3 ? 'nobody' : 'a'}.test\r\n\r\n`)
      .join(''),
  )
  const heard = await client.hear('[/4]')
  assert.deepEqual(heard.match(/\[\/\d\]|No such app<\/h1>/g), [
    '[/1]',
    '[/2]',
    'No such app</h1>',
    '[/4]',
  ])
})

test('a client that waits for leave to send its body gets it from the app', async () => {
  await using dyno = await aDyno(echo)
  await using router = await aRouter({ routes: [aRoute('a.test', [dyno.route])] })
  using client = await converse(router.port)
  client.say('POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n')
  assert.equal(await client.hear('\r\n\r\n'), 'HTTP/1.1 100 Continue\r\nVia: 1.1 sluice\r\n\r\n')
  client.say('hi')
  assert.match(await client.hear('"hi"}'), /HTTP\/1.1 200/)
})

test('a body that the app refuses unseen is not awaited', async () => {
  await using dyno = await aDynoThatSays('HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n')
  await using router = await aRouter({ routes: [aRoute('a.test', [dyno.route])] })
  using client = await converse(router.port)
  client.say('POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n')
  assert.match(await client.over(), /^HTTP\/1.1 417 No\r\n.*Connection: close\r\n\r\n$/s)
})

test('an app may answer before it has the whole body, and still gets the rest', async () => {
  let received = 0
  await using dyno = await aDyno((request, response) => {
    response.end('early')
    request.on('data', (part: Buffer) => (received += part.length))
  })
  await using router = await aRouter({ routes: [aRoute('a.test', [dyno.route])] })
  using client = await converse(router.port)
  client.say('POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 10\r\n\r\n12345')
  await client.hear('early')
  client.say('67890GET /next HTTP/1.1\r\nHost: a.test\r\n\r\n')
  await client.hear('early')
  assert.equal(received, 10)
})

test('events are passed on as they come, not kept until there are more', async () => {
  let say: (text: string) => void = () => {}
  await using dyno = await aDyno((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' })
    response.flushHeaders()
    say = (text) => void response.write(text)
  })
  await using router = await aRouter({ routes: [aRoute('a.test', [dyno.route])] })
  using client = await converse(router.port)
  client.say('GET / HTTP/1.1\r\nHost: a.test\r\nAccept: text/event-stream\r\n\r\n')
  await client.hear('text/event-stream')
  for (const event of ['data: one\n\n', 'data: two\n\n']) {
    say(event)
    await client.hear(event)
  }
})

test('a WebSocket goes through both ways, and with its first frames at once', async () => {
  const server = http.createServer()
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => {}).on('end', () => socket.end())
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: ${request.headers.upgrade}\r\nConnection: Upgrade\r\n\r\n`,
    )
    socket.write(`<${head.toString()}>`)
    socket.on('data', (bytes: Buffer) => socket.write(`<${bytes.toString()}>`))
  })
  await using dyno = await aDynoOf(server)
  await using router = await aRouter({ routes: [aRoute('a.test', [dyno.route])] })
  using client = await converse(router.port)
  client.say(
    'GET / HTTP/1.1\r\nHost: a.test\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\r\nfirst',
  )
  assert.match(
    await client.hear('\r\n\r\n'),
    /^HTTP\/1.1 101 Switching Protocols\r\n.*Upgrade: websocket\r\n/s,
  )
  await client.hear('<first>')
  client.say('second')
  await client.hear('<second>')
  client.socket.end()
  await client.over()
  await until(() => router.lines.find(({ text }) => text.includes('status=101')))
})

test('an upgrade that the app does not want leaves HTTP as it is', async () => {
  await using dyno = await aDyno(echo)
  await using router = await aRouter({ routes: [aRoute('a.test', [dyno.route])] })
  using client = await converse(router.port)
  client.say('GET /1 HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
  await client.hear('GET /1 ')
  client.say('GET /2 HTTP/1.1\r\nHost: a.test\r\n\r\n')
  await client.hear('GET /2 ')
})

test('HTTP/2 is not offered to apps', async () => {
  await using dyno = await aDyno(echo)
  await using router = await aRouter({ routes: [aRoute('a.test', [dyno.route])] })
  using client = await converse(router.port)
  client.say(
    'GET / HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n',
  )
  const heard = await client.hear('"trailers"')
  assert.doesNotMatch(heard, /h2c|http2-settings/)
})

test('the log of the app tells of each request in the words of Heroku', async () => {
  await using dyno = await aDyno((_, response) => response.end('hello'))
  const route = aRoute('a.test', [dyno.route])
  await using router = await aRouter({ routes: [route] })
  await ask(router.port, 'a.test', {
    path: '/a"b',
    headers: { 'X-Request-Id': 'abcdefghij-0123456789' },
  })
  const line = await until(() => router.lines[0])
  assert.equal(line.appId, route.id)
  assert.match(
    line.text,
    /^at=info method=GET path="\/a%22b" host=a\.test request_id=abcdefghij-0123456789 fwd="127\.0\.0\.1" dyno=web\.1 connect=\d+ms service=\d+ms status=200 bytes=\d+ protocol=http tls=false$/,
  )
})
