import assert from 'node:assert/strict'
import net from 'node:net'
import { after, before, test } from 'node:test'
import tls from 'node:tls'
import { aTestPlatform } from '../../test/support/test-platform.ts'
import { aCertificate } from '../../test/support/certificates.ts'
import { until } from '../../test/support/until.ts'
import { createApi, type Api } from './create-api.ts'
import { startListener, type Listener } from './listener.ts'

const { platform } = await aTestPlatform()
const PLACES = 4
const LIMIT = { limitMs: 30_000, everyMs: 50 }

let api: Api
let listener: Listener
const clients: net.Socket[] = []

before(async () => {
  api = await createApi(platform)
  api.server.headersTimeout = 500
  const { certificate, key } = await aCertificate({ names: ['localhost'] })
  listener = await startListener({
    http: api.server,
    tls: { cert: certificate, key },
    listen: { host: '127.0.0.1', port: 0 },
    onRendezvous: (socket) => socket.destroy(),
    limits: { total: PLACES, perAddress: 1 },
  })
})
after(async () => {
  for (const client of clients) client.destroy()
  await listener.stop()
  await api.stop()
})

/** A client, and whether it has been hung up on. */
const aClient = (
  socket: net.Socket,
): { socket: net.Socket; said: () => string; isGone: () => boolean } => {
  let said = ''
  clients.push(socket)
  socket.on('error', () => {}).on('data', (bytes: Buffer) => (said += bytes.toString('latin1')))
  return { socket, said: () => said, isGone: () => socket.destroyed || socket.readableEnded }
}
const connect = () => aClient(net.connect(listener.port, '127.0.0.1'))

for (const [name, open] of [
  ['plain', connect],
  [
    'TLS',
    () =>
      aClient(tls.connect({ port: listener.port, host: '127.0.0.1', rejectUnauthorized: false })),
  ],
] as const)
  test(`whoever never ends a request's head is hung up on (${name})`, async () => {
    const slow = open()
    slow.socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\n')
    const drip = setInterval(() => slow.socket.write('X: y\r\n'), 100)
    await until(slow.isGone, { ...LIMIT, what: 'the end of a slow head' })
    clearInterval(drip)
    assert.match(slow.said(), /^HTTP\/1\.1 408 /)
  })

test('so is who is slow with the head of a second request', async () => {
  const slow = connect()
  slow.socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await until(() => slow.said().includes('HTTP/1.1 200'), LIMIT)
  slow.socket.write('GET /health HTTP/1.1\r\n')
  await until(slow.isGone, { ...LIMIT, what: 'the end of a slow second head' })
})

test('beyond the limit nobody is let in until somebody leaves', async () => {
  const others = Array.from({ length: PLACES }, connect)
  for (const { socket } of others) socket.write('G')
  await until(() => others.every(({ socket }) => !socket.connecting), LIMIT)
  const late = connect()
  await until(late.isGone, { ...LIMIT, what: 'the end of one too many' })
  others[0]?.socket.destroy()
  await until(async () => {
    const answer = await fetch(`http://127.0.0.1:${listener.port}/health`).catch(() => undefined)
    return answer?.ok
  }, LIMIT)
})
