import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import http from 'node:http'
import type { Duplex } from 'node:stream'
import { test } from 'node:test'
import { aDyno, aDynoOf, aRoute, aRouter, converse, PATIENCE } from '../../test/support/router.ts'
import { until } from '../../test/support/until.ts'
import { FrameWalk } from './frame-walk.ts'

const accept = (key: string): string =>
  createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')

const frame = (payload: Buffer, opcode = 2): Buffer => {
  const { length } = payload
  if (length < 126) return Buffer.concat([Buffer.from([0x80 | opcode, length]), payload])
  const head = Buffer.alloc(length < 65_536 ? 4 : 10)
  head[0] = 0x80 | opcode
  head[1] = length < 65_536 ? 126 : 127
  if (length < 65_536) head.writeUInt16BE(length, 2)
  else head.writeBigUInt64BE(BigInt(length), 2)
  return Buffer.concat([head, payload])
}

/** Speaks the handshake; what it hears is kept, what it says is up to the test. */
const aSocketDyno = async (connected: (socket: Duplex) => void) => {
  const heard: Buffer[] = []
  const server = http.createServer()
  server.on('upgrade', ({ headers }, socket: Duplex) => {
    socket.on('error', () => {}).on('data', (bytes: Buffer) => heard.push(bytes))
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${accept(headers['sec-websocket-key'] ?? '')}\r\n\r\n`,
    )
    connected(socket)
  })
  return { dyno: await aDynoOf(server), heard }
}

const aClient = (port: number) => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`)
  socket.binaryType = 'arraybuffer'
  const received: number[] = []
  const closed = Promise.withResolvers<{ code: number }>()
  socket.addEventListener('message', ({ data }) => received.push((data as ArrayBuffer).byteLength))
  socket.addEventListener('close', ({ code }) => closed.resolve({ code }))
  return { socket, received, closed: closed.promise }
}

test('at the end of a drain a WebSocket is told to close, both ends in peace', async () => {
  const ends: (() => void)[] = []
  const { dyno: old, heard } = await aSocketDyno((socket) => {
    socket.write(frame(Buffer.from('hello')))
    socket.on('data', (bytes: Buffer) => {
      if ((bytes[0] ?? 0) === 0x88) socket.end(frame(Buffer.from([3, 0xe9]), 8))
    })
    ends.push(() => socket.destroy())
  })
  await using _old = old
  await using fresh = await aDyno((_, response) => response.end('new'))
  const limits = { dynoDrainMs: 900 }
  const route = aRoute('127.0.0.1', [old.route], { id: 'a' })
  await using router = await aRouter({ routes: [route], limits })
  const { socket, received, closed } = aClient(router.port)
  await until(() => received.length === 1, PATIENCE)
  socket.send('before')
  const since = performance.now()
  await router.source.set({ ...route, dynos: [fresh.route] })
  const { code } = await closed
  const tookMs = performance.now() - since
  assert.equal(code, 1001)
  assert.ok(tookMs >= 500 && tookMs < 10_000, `${tookMs} ms`)
  await until(() => heard.some((bytes) => bytes[0] === 0x88), PATIENCE)
  await until(() => router.source.reports.at(-1)?.draining.length === 0, PATIENCE)
  const { served, failed } = router.source.reports.at(-1)?.counters.at(0) ?? {}
  assert.deepEqual([served, failed], [1, 0])
})

test('the word comes between two frames, never within one', async () => {
  const { dyno: old } = await aSocketDyno((socket) => {
    // Frames of all three lengths, in pieces that end anywhere.
    const whole = Buffer.concat([5, 300, 70_000].map((length) => frame(randomBytes(length))))
    let at = 0
    const timer = setInterval(() => {
      socket.write(whole.subarray(at, at + 1_777))
      at = at + 1_777 < whole.length ? at + 1_777 : 0
    }, 1)
    socket.on('close', () => clearInterval(timer))
  })
  await using _old = old
  const limits = { dynoDrainMs: 300 }
  const route = aRoute('127.0.0.1', [old.route], { id: 'a' })
  await using router = await aRouter({ routes: [route], limits })
  const { received, closed } = aClient(router.port)
  await until(() => received.length > 6, PATIENCE)
  await router.source.set({ ...route, dynos: [] })
  assert.equal((await closed).code, 1001)
  received.forEach((length, at) => assert.equal(length, [5, 300, 70_000][at % 3]))
  assert.ok(received.length > 6)
})

test('a client that does not answer is not waited for long, and an app may have its own limit', async () => {
  const { dyno: old } = await aSocketDyno(() => {})
  await using _old = old
  const route = aRoute('a.test', [old.route], { id: 'a', drainMs: 1 })
  await using router = await aRouter({ routes: [route], limits: { dynoDrainMs: 3_600_000 } })
  using client = await converse(router.port)
  client.say(
    'GET / HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n',
  )
  await client.hear('\r\n\r\n')
  await router.source.set({ ...route, dynos: [] })
  await client.hear('\x88\x02\x03\xe9')
  await client.over()
})

test('a router that ends tells them, too', async () => {
  const { dyno } = await aSocketDyno((socket) => socket.write(frame(Buffer.from('hi'))))
  await using _dyno = dyno
  const routes = [aRoute('127.0.0.1', [dyno.route])]
  await using router = await aRouter({ routes, limits: { drainMs: 300 } })
  const { received, closed } = aClient(router.port)
  await until(() => received.length === 1, PATIENCE)
  await router.stop()
  assert.equal((await closed).code, 1001)
})

test('frames are followed octet by octet as in one piece', () => {
  const sizes = [0, 1, 125, 126, 65_535, 65_536]
  const all = Buffer.concat(sizes.map((size) => frame(Buffer.alloc(size, 0x88))))
  const ends: number[] = []
  const byOctet = new FrameWalk()
  for (let at = 0; at < all.length; at++) {
    byOctet.walk(all, at, at + 1)
    if (byOctet.isBetween) ends.push(at + 1)
  }
  let sum = 0
  assert.deepEqual(
    ends,
    sizes.map((size) => (sum += frame(Buffer.alloc(size)).length)),
  )
  const inOne = new FrameWalk()
  inOne.walk(all, 0, all.length - 1)
  assert.equal(inOne.isBetween, false)
  assert.equal(inOne.walkToBoundary(all, all.length - 1, all.length), all.length)
  assert.equal(inOne.isBetween, true)
})
