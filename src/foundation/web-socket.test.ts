import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import net, { type AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { after, test } from 'node:test'
import { until } from '../../test/support/until.ts'
import { acceptWebSocket, isWebSocketOpening, type WebSocketStream } from './web-socket.ts'
import { encodeFrame, FrameError, FrameReader } from './web-socket-frame.ts'

const streams: WebSocketStream[] = []
let serve = (stream: Duplex): void => void stream.pipe(stream)
const server = createServer({ shouldUpgradeCallback: isWebSocketOpening }, (_request, response) =>
  response.end('a page'),
)
server.on('upgrade', (request, socket, head) => {
  const stream = acceptWebSocket(request, socket, head)
  stream.on('error', () => {})
  streams.push(stream)
  serve(stream)
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo
after(() => {
  server.closeAllConnections()
  for (const stream of streams) stream.destroy()
  server.close()
})

/** As a client sends it: masked. */
const masked = (firstByte: number, payload: Buffer): Buffer => {
  const length = payload.length < 126 ? [0x80 | payload.length] : [0xfe, 0, 0]
  const head = Buffer.from([firstByte, ...length, 1, 2, 3, 4])
  if (payload.length >= 126) head.writeUInt16BE(payload.length, 2)
  return Buffer.concat([head, payload.map((byte, at) => byte ^ ((at % 4) + 1))])
}

const OPENING =
  'GET / HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'

const open = async (): Promise<{ socket: net.Socket; got: () => Buffer }> => {
  const socket = net.connect(port, '127.0.0.1')
  let got = Buffer.alloc(0)
  socket.on('data', (some) => (got = Buffer.concat([got, some]))).on('error', () => {})
  socket.write(OPENING)
  await until(() => got.includes('\r\n\r\n'))
  assert.match(got.toString('latin1'), /sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\n/)
  got = got.subarray(got.indexOf('\r\n\r\n') + 4)
  return { socket, got: () => got }
}

test('what a standard client sends comes back to it, message by message, and the end is agreed on', async () => {
  serve = (stream) => void stream.pipe(stream)
  const client = new WebSocket(`ws://127.0.0.1:${port}/`)
  client.binaryType = 'arraybuffer'
  const got: Buffer[] = []
  client.addEventListener('message', ({ data }) => got.push(Buffer.from(data)))
  await once(client, 'open')
  client.send('héllo')
  client.send(Buffer.alloc(40_000, 'x'))
  await until(() => Buffer.concat(got).length === 40_006)
  assert.equal(Buffer.concat(got).subarray(0, 6).toString(), 'héllo')
  client.close(1000)
  const [end] = await once(client, 'close')
  assert.deepEqual([end.code, end.wasClean], [1000, true])
})

test('a stream that ends here ends cleanly there', async () => {
  serve = (stream) => void stream.end('bye')
  const client = new WebSocket(`ws://127.0.0.1:${port}/`)
  const [end] = await once(client, 'close')
  assert.deepEqual([end.code, end.wasClean], [1000, true])
})

test('frames may be cut anywhere and come in parts', () => {
  const bytes = Buffer.concat([
    masked(0x01, Buffer.from('ab')),
    masked(0x89, Buffer.from('?')),
    masked(0x80, Buffer.alloc(300, 'c')),
  ])
  const reader = new FrameReader()
  const frames = [...bytes].flatMap((byte) => reader.read(Buffer.from([byte])))
  assert.deepEqual(
    frames.map(({ kind, payload }) => [kind, payload.length]),
    [
      ['data', 2],
      ['ping', 1],
      ['data', 300],
    ],
  )
  assert.equal(frames[0]?.payload.toString(), 'ab')
})

test('what breaks the protocol is refused', () => {
  const huge = Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0x7f, 0, 0, 0, 1, 2, 3, 4])
  const broken: [string, Buffer, number][] = [
    ['not masked', Buffer.from([0x81, 1, 65]), 1002],
    ['an extension that is not agreed on', masked(0xc1, Buffer.from('a')), 1002],
    ['an unknown kind', masked(0x83, Buffer.from('a')), 1002],
    ['a ping in parts', masked(0x09, Buffer.from('a')), 1002],
    ['a long ping', masked(0x89, Buffer.alloc(126)), 1002],
    ['more than may be held', huge, 1009],
  ]
  for (const [what, bytes, status] of broken)
    assert.throws(
      () => new FrameReader().read(bytes),
      (error) => error instanceof FrameError && error.status === status,
      what,
    )
})

test('a broken frame ends the connection with its reason', async () => {
  serve = (stream) => void stream.pipe(stream)
  const { socket, got } = await open()
  socket.write(Buffer.from([0x81, 1, 65]))
  await once(socket, 'close')
  assert.deepEqual(got(), encodeFrame('close', Buffer.from([0x03, 0xea])))
})

test('who is not read from is made to wait, and little is held of it', async () => {
  let stream: Duplex | undefined
  serve = (opened) => (stream = opened)
  const { socket } = await open()
  await until(() => stream !== undefined)
  const frame = masked(0x82, Buffer.alloc(60_000))
  let sent = 0
  while (sent < 64 * 1024 * 1024 && socket.writableLength < 8 * 1024 * 1024) {
    socket.write(frame)
    sent += frame.length
    await new Promise(setImmediate)
  }
  assert.ok(socket.writableLength > 0, 'the sender waits')
  assert.ok((stream?.readableLength ?? 0) <= 256 * 1024, `${stream?.readableLength} bytes held`)
  let read = 0
  stream?.on('data', (chunk: Buffer) => (read += chunk.length))
  await until(() => read === (sent / frame.length) * 60_000, { limitMs: 30_000 })
  socket.destroy()
})

test('other requests are answered as ever, even if they would upgrade to something else', async () => {
  const socket = net.connect(port, '127.0.0.1')
  socket.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: Upgrade, close\r\nupgrade: h2c\r\n\r\n')
  let got = ''
  socket.on('data', (some) => (got += String(some)))
  await once(socket, 'close')
  assert.match(got, /^HTTP\/1\.1 200/)
})
