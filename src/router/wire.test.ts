import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { test, type TestContext } from 'node:test'
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'
import { until } from '../../test/support/until.ts'
import { TcpWire, type WireUser } from './wire.ts'

/** Notes what a wire tells. */
const aUser = () => {
  const told: string[] = []
  const user: WireUser = {
    received: (bytes, length) => told.push(bytes.toString('latin1', 0, length)),
    drained: () => told.push('(drained)'),
    ended: () => told.push('(ended)'),
    closed: (code) => told.push(`(closed ${code})`),
  }
  return { told, user }
}

/** A wire to a server, and the server's end of it. */
const aPair = async (t: TestContext) => {
  const server = net
    .createServer({ allowHalfOpen: true, pauseOnConnect: true })
    .listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { told, user } = aUser()
  const { promise: connected, resolve } = Promise.withResolvers<void>()
  const address = server.address()
  assert(address !== null && typeof address === 'object')
  const arrival = once(server, 'connection')
  const wire = TcpWire.connect({ host: '127.0.0.1', port: address.port }, user, resolve)
  await connected
  const [far]: net.Socket[] = await arrival
  assert(far)
  t.after(() => {
    wire.close()
    far.destroy()
    server.close()
  })
  return { wire, told, far }
}

const hears = (told: string[], what: string) =>
  until(() => told.includes(what), { limitMs: 5_000, what })

test('what is read is told, and nothing while it is paused', async (t) => {
  const { wire, told, far } = await aPair(t)
  far.write('one')
  await hears(told, 'one')
  wire.pause()
  far.write('two')
  await pause(50)
  assert.deepEqual(told, ['one'])
  wire.resume()
  await hears(told, 'two')
})

test('a receiver that does not read fills the wire, and drains it once it does', async (t) => {
  const { wire, told, far } = await aPair(t)
  const part = Buffer.alloc(1_000_000, 'x')
  let written = 0
  while (!wire.isFull) {
    wire.write(part)
    written += part.length
  }
  assert(wire.unsentBytes > 65_536)
  wire.writeText('.')
  let read = 0
  far.on('data', (bytes) => (read += bytes.length)).resume()
  await hears(told, '(drained)')
  assert.equal(wire.unsentBytes, 0)
  assert.equal(wire.isFull, false)
  await until(() => read === written + 1, { limitMs: 5_000, what: 'all of it' })
})

test('a wire that finishes sends all it has before it closes', async (t) => {
  const { wire, told, far } = await aPair(t)
  const part = Buffer.alloc(1_000_000, 'x')
  while (!wire.isFull) wire.write(part)
  wire.writeText('last')
  wire.finish()
  assert.equal(wire.isClosed, false)
  wire.writeText('too late')
  let end = ''
  far.on('data', (bytes) => (end = (end + bytes.toString('latin1')).slice(-4))).resume()
  await once(far, 'end')
  assert.equal(end, 'last')
  await hears(told, '(closed undefined)')
})

test('one that ends says so, and still reads', async (t) => {
  const { wire, told, far } = await aPair(t)
  wire.writeText('bye')
  wire.end()
  far.resume()
  await once(far, 'end')
  far.end('so long')
  await hears(told, '(ended)')
  assert.deepEqual(told, ['so long', '(ended)'])
})

test('the end is told once, with the cause if there is one, and nothing after it', async (t) => {
  const { wire, told, far } = await aPair(t)
  far.resetAndDestroy()
  await hears(told, '(closed ECONNRESET)')
  wire.writeText('x')
  wire.pause()
  wire.resume()
  wire.end()
  wire.finish()
  wire.close()
  await pause(20)
  assert.deepEqual(told, ['(closed ECONNRESET)'])
})

test('the end is told before anything else is: nobody takes a dead wire from a pool', async (t) => {
  const { wire, told, far } = await aPair(t)
  far.resetAndDestroy()
  while (!wire.isClosed) await nextTurn()
  assert.deepEqual(told, ['(closed ECONNRESET)'])
})

test('bytes that wait when a wire closes are forgotten', async (t) => {
  const { wire, told } = await aPair(t)
  while (!wire.isFull) wire.write(Buffer.alloc(1_000_000))
  wire.close()
  await hears(told, '(closed undefined)')
  assert.deepEqual(told, ['(closed undefined)'])
})

test('a connection that cannot be made is closed with the cause', async () => {
  const { told, user } = aUser()
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert(address !== null && typeof address === 'object')
  const { port } = address
  server.close()
  TcpWire.connect({ host: '127.0.0.1', port }, user, () => assert.fail('nobody is there'))
  assert.deepEqual(told, [])
  await hears(told, '(closed ECONNREFUSED)')
  TcpWire.connect({ host: '::1', port }, user, () => assert.fail('nobody is there')).close()
  await hears(told, '(closed undefined)')
})
