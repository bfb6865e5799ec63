import assert from 'node:assert/strict'
import type http from 'node:http'
import { test } from 'node:test'
import {
  aDyno,
  aRawDyno,
  aRoute,
  aRouter,
  ask,
  converse,
  PATIENCE,
} from '../../test/support/router.ts'
import { until } from '../../test/support/until.ts'

const hello: http.RequestListener = (request, response) => {
  request.resume().on('end', () => response.end('hello'))
}

test('a head that does not end is not awaited for ever, and others are served meanwhile', async () => {
  await using dyno = await aDyno(hello)
  await using router = await aRouter({
    routes: [aRoute('a.test', [dyno.route])],
    limits: { headMs: 500 },
  })
  const slow = await Promise.all(Array.from({ length: 50 }, () => converse(router.port)))
  const dripping = setInterval(() => {
    for (const client of slow) if (!client.isOver()) client.say('X: a\r\n')
  }, 50)
  for (const client of slow) client.say('GET / HTTP/1.1\r\nHost: a.test\r\n')
  assert.equal((await ask(router.port, 'a.test')).body, 'hello')
  for (const client of slow) assert.match(await client.over(), /^HTTP\/1.1 408 /)
  clearInterval(dripping)
  assert.equal(dyno.connections(), 1, 'no slow one has reached the dyno')
})

test('a body that comes too slowly is given up, and its dyno is free again', async () => {
  await using dyno = await aDyno(hello)
  await using router = await aRouter({
    routes: [aRoute('a.test', [dyno.route])],
    limits: { idleMs: 500, bodyBytesPerSecond: 100 },
  })
  using dripping = await converse(router.port)
  using silent = await converse(router.port)
  const head = 'POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 100000\r\n\r\n'
  for (const client of [dripping, silent]) client.say(`${head}a`)
  const timer = setInterval(() => dripping.say('a'), 50)
  for (const client of [dripping, silent]) assert.match(await client.over(), /^HTTP\/1.1 408 /)
  clearInterval(timer)
  await until(() => dyno.open() === 0, PATIENCE)
  assert.match(router.lines[0]?.text ?? '', /code=H28 desc="Client Connection Idle" .* status=499 /)
})

test('a client that does not read what it asked for is given up, and its dyno is free again', async () => {
  const body = Buffer.alloc(50_000_000)
  await using dyno = await aDyno((_, response) => response.end(body))
  await using router = await aRouter({
    routes: [aRoute('a.test', [dyno.route])],
    limits: { idleMs: 500 },
  })
  using client = await converse(router.port)
  client.socket.pause()
  client.say('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n')
  await until(() => dyno.open() === 1, PATIENCE)
  await until(() => dyno.open() === 0, PATIENCE)
  assert.match(router.lines[0]?.text ?? '', /code=H28/)
})

for (const [how, atOnce] of [
  ['all at once', 1_000],
  ['one by one', 1],
] as const)
  test(`a client that sends requests ${how} and reads no answers is not read any further`, async () => {
    await using dyno = await aDyno((_, response) => response.end('x'.repeat(20_000)))
    await using router = await aRouter({ routes: [aRoute('a.test', [dyno.route])] })
    using client = await converse(router.port)
    client.socket.pause()
    const request = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n'
    for (let n = 0; n < 4_000; n += atOnce) {
      client.say(request.repeat(atOnce))
      await until(() => router.lines.length > Math.min(n, 200), PATIENCE)
    }
    // It goes on until the buffers of the kernel are full, and stops there.
    let before = -1
    await until(() => before === (before = router.lines.length), { ...PATIENCE, everyMs: 500 })
    assert.ok(before < 2_000, `${before} requests were served`)
    client.socket.resume()
    await until(() => router.lines.length === 4_000, PATIENCE)
  })

test('a connection at rest is closed in time, without a word', async () => {
  await using dyno = await aDyno(hello)
  await using router = await aRouter({
    routes: [aRoute('a.test', [dyno.route])],
    limits: { keepAliveMs: 300 },
  })
  using client = await converse(router.port)
  client.say('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n')
  await client.hear('hello')
  const before = client.heard()
  assert.equal(await client.over(), before)
})

test('uploads that are broken off free their dyno and leave nothing behind', async () => {
  await using dyno = await aRawDyno((socket) => socket.resume())
  await using router = await aRouter({ routes: [aRoute('a.test', [dyno.route])] })
  const descriptors = async (): Promise<number> => {
    const { readdir } = await import('node:fs/promises')
    return (await readdir('/proc/self/fd')).length
  }
  const abort = async (): Promise<void> => {
    const before = dyno.connections()
    using client = await converse(router.port)
    client.say('POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1000\r\n\r\nsome')
    await until(() => dyno.connections() > before, PATIENCE)
  }
  await abort()
  await until(() => dyno.open() === 0, PATIENCE)
  const before = await descriptors()
  for (let n = 0; n < 200; n++) await Promise.all(Array.from({ length: 50 }, abort))
  await until(() => dyno.open() === 0, PATIENCE)
  await until(async () => (await descriptors()) <= before + 2, PATIENCE)
})

test('connections are limited, of one address and together, and the others still served', async () => {
  await using dyno = await aDyno(hello)
  await using router = await aRouter({
    routes: [aRoute('a.test', [dyno.route])],
    limits: { connectionsPerAddress: 3 },
  })
  const clients = await Promise.all([1, 2, 3].map(() => converse(router.port)))
  for (const client of clients) {
    client.say('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n')
    await client.hear('hello')
  }
  using surplus = await converse(router.port)
  assert.match(await surplus.over(), /^HTTP\/1.1 503 .*Too many connections/s)
  clients[0]?.socket.destroy()
  await until(
    async () => (await ask(router.port, 'a.test').catch(() => undefined))?.status === 200,
    PATIENCE,
  )
  for (const client of clients) client.socket.destroy()
})
