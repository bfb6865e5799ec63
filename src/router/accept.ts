import net from 'node:net'
import { composeAnswer, TOO_MANY_CONNECTIONS } from './answer.ts'
import { ClientConnection } from './client-connection.ts'
import type { Origin } from './forwarded-heads.ts'
import { READ_BUFFER } from './outgoing.ts'
import { Roster } from './roster.ts'
import type { Traffic } from './traffic.ts'

export type Door = {
  /** Port on which it listens. */
  port: number
  /** Takes no more connections; resolves when the last has ended, or was cut after `limitMs`. */
  close: (limitMs: number) => Promise<void>
}

/** A descriptor that is bound already, or an address to bind. */
export type Listen = { fd: number } | { host: string; port: number }

/** Accepts connections, as many as the limits allow. */
export const openDoor = async (listen: Listen, traffic: Traffic): Promise<Door> => {
  const connections = new Roster<ClientConnection>()
  const perAddress = new Map<string, number>()
  const empty = Promise.withResolvers<void>()
  let isClosing = false
  const server = net.createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(listen, resolve)
  })
  const bound = server.address()
  const port = bound !== null && typeof bound === 'object' ? bound.port : 0

  const closed = (connection: ClientConnection): void => {
    const { address } = connection.origin
    const left = (perAddress.get(address) ?? 1) - 1
    if (left === 0) perAddress.delete(address)
    else perAddress.set(address, left)
    connections.remove(connection)
    if (isClosing && connections.size === 0) empty.resolve()
  }
  const admit = (open: OpenSocket): void => {
    let connection: ClientConnection | undefined
    const socket = open((bytes, length) => connection?.receive(bytes, 0, length))
    const address = plainAddress(socket.remoteAddress ?? '')
    const fromThere = perAddress.get(address) ?? 0
    const { limits } = traffic
    if (address === '') return void socket.destroy() // gone before it was accepted
    if (connections.size >= limits.connections || fromThere >= limits.connectionsPerAddress)
      return turnAway(socket)
    perAddress.set(address, fromThere + 1)
    const origin: Origin = { address, protocol: 'http', tlsVersion: '', port }
    connection = new ClientConnection(socket, origin, traffic, closed)
    connections.add(connection)
  }
  acceptInto(server, admit)
  const watch = { check: (now: number) => connections.forEach((one) => one.check(now)) }
  traffic.clock.watched.add(watch)
  server.on('error', (error) =>
    traffic.log.error({ err: error }, 'a connection could not be accepted'),
  )
  return {
    port,
    close: async (limitMs) => {
      isClosing = true
      server.close()
      if (connections.size === 0) return
      const atLimit = setTimeout(() => {
        connections.forEach((connection) => connection.cut())
      }, limitMs)
      const atLast = setTimeout(() => {
        connections.forEach((connection) => connection.destroy())
      }, limitMs + LAST_WORD_MS)
      await empty.promise
      clearTimeout(atLimit)
      clearTimeout(atLast)
    },
  }
}

/** For the answers of those that were cut. */
const LAST_WORD_MS = 500

const MAPPED = '::ffff:'

/** A socket for both families shows IPv4 addresses in the form of IPv6. */
const plainAddress = (address: string): string =>
  address.startsWith(MAPPED) ? address.slice(MAPPED.length) : address

/** Makes the socket; `receive` gets what it reads. */
type OpenSocket = (receive: (bytes: Buffer, length: number) => void) => net.Socket

/**
 * net.Server makes sockets that allocate a buffer for each read. So this puts itself between the listening handle and
 * the server, and makes sockets that read into one buffer; where Node has no such handle, it takes the server's own.
 */
const acceptInto = (server: net.Server, admit: (open: OpenSocket) => void): void => {
  const listener: unknown = Reflect.get(server, '_handle')
  if (typeof listener !== 'object' || listener === null || !('onconnection' in listener)) {
    server.on('connection', (socket) => {
      admit((receive) => socket.on('data', (bytes: Buffer) => receive(bytes, bytes.length)))
    })
    return
  }
  // It is a handle of TCP; the types know only of one other that a socket can be made of.
  listener.onconnection = (error: number, handle: net.BoundSocket | undefined): void => {
    if (error !== 0 || !handle) return
    admit((receive) => {
      const socket = new net.Socket({
        handle,
        onread: {
          buffer: READ_BUFFER,
          callback: (length) => {
            receive(READ_BUFFER, length)
            return true
          },
        },
      })
      socket.setNoDelay(true)
      return socket
    })
  }
}

let turnedAway = 0

/** Says why, as long as that does not take the descriptors that others need. */
const turnAway = (socket: net.Socket): void => {
  if (turnedAway >= TURNED_AWAY_LIMIT) return void socket.destroy()
  turnedAway++
  const timer = setTimeout(() => socket.destroy(), TURN_AWAY_MS)
  socket
    .on('error', () => socket.destroy())
    .on('close', () => {
      clearTimeout(timer)
      turnedAway--
    })
    .end(composeAnswer(TOO_MANY_CONNECTIONS, { method: 'GET', keepAlive: false }), 'latin1')
}

/** For the answer to arrive before the reset. */
const TURN_AWAY_MS = 500
const TURNED_AWAY_LIMIT = 32
