import assert from 'node:assert/strict'
import net from 'node:net'
import { test } from 'node:test'
import { findListener, socketsOf, type Listener } from './listeners.ts'
import { Ports } from './ports.ts'

const listen = async (host: string): Promise<{ server: net.Server; port: number }> => {
  const server = net.createServer()
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(0, host, resolve),
  )
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('It has no port.')
  return { server, port: address.port }
}

const listenerOn = (port: number): Listener | undefined => findListener((one) => one.port === port)

test('a listening socket is found with the address to reach it at and whoever holds it', async () => {
  for (const [host, reachedAt] of [
    ['127.0.0.1', '127.0.0.1'],
    ['0.0.0.0', '127.0.0.1'],
  ] as const) {
    const { server, port } = await listen(host)
    const found = listenerOn(port)
    assert.equal(found?.host, reachedAt)
    const inode = found.inode
    assert.ok(socketsOf(process.pid).includes(inode))
    assert.equal(socketsOf(process.ppid).includes(inode), false)
    server.close()
  }
})

test('connections are no listeners', async () => {
  const { server, port } = await listen('127.0.0.1')
  const clients = await Promise.all(
    Array.from(
      { length: 20 },
      () =>
        new Promise<net.Socket>((resolve) => {
          const socket = net.createConnection(port, '127.0.0.1', () => resolve(socket))
        }),
    ),
  )
  assert.ok(listenerOn(port))
  server.close() // to new connections; those that are there stay
  assert.equal(listenerOn(port), undefined)
  for (const client of clients) client.destroy()
})

test('a dyno keeps its port, unless somebody else listens there or has it', async () => {
  const ports = new Ports()
  const port = await ports.take(undefined)
  assert.notEqual(await ports.take(port), port, 'another dyno has it')
  ports.release(port)
  assert.equal(await ports.take(port), port)
  ports.release(port)
  const server = net.createServer()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  assert.notEqual(await ports.take(port), port, 'somebody listens')
  server.close()
})
