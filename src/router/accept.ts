import net from 'node:net'
import type tls from 'node:tls'
import { composeAnswer, TOO_MANY_CONNECTIONS } from './answer.ts'
import { ClientConnection } from './client-connection.ts'
import type { Visitor } from './crowd.ts'
import type { Origin } from './forwarded-heads.ts'
import { acceptHandles, peerAddress, type TcpHandle } from './node-handles.ts'
import { Roster } from './roster.ts'
import type { Traffic } from './traffic.ts'
import { TcpWire, TlsWire, type Wire } from './wire.ts'

export type Door = {
  /** Port on which it listens. */
  port: number
  /** Takes no more connections; resolves when the last has ended, or was cut after `limitMs`: they see to their ends before. */
  close: (limitMs: number) => Promise<void>
}

/**
 * An address to bind, or a port that is bound already: one descriptor of it or several. In one turn of its loop Node
 * accepts a single connection from each, however many wait, while a turn serves all that are accepted already: where
 * 200 come at once, the last of them would wait 200 ever longer turns.
 */
export type Listen = { fds: number[] } | { host: string; port: number }

/**
 * Accepts connections, as many as the limits allow.
 * @param secure shakes hands with those who come by this door: it speaks TLS
 */
export const openDoor = async (
  listen: Listen,
  traffic: Traffic,
  secure?: tls.Server,
): Promise<Door> => {
  const connections = new Roster<ClientConnection>()
  /** Those in a handshake, by their address and port. */
  const shaking = new Map<string, Shaking>()
  const empty = Promise.withResolvers<void>()
  let isClosing = false
  const servers = await listenAt(listen)
  const bound = servers[0]?.address() ?? null
  const port = bound !== null && typeof bound === 'object' ? bound.port : 0

  const isEmpty = (): boolean => connections.size === 0 && shaking.size === 0
  const gone = (): void => {
    if (isClosing && isEmpty()) empty.resolve()
  }
  const closed = (connection: ClientConnection): void => {
    traffic.crowd.leave(connection.visitor)
    connections.remove(connection)
    gone()
  }
  const begin = (
    wire: Wire,
    visitor: Visitor,
    { address, tlsVersion }: Pick<Origin, 'address' | 'tlsVersion'>,
  ): void => {
    const protocol = tlsVersion === '' ? 'http' : 'https'
    const origin: Origin = { address, protocol, tlsVersion, port }
    connections.add(new ClientConnection({ wire, origin, visitor }, traffic, closed))
  }
  const admit = (handle: TcpHandle): void => {
    const address = plainAddress(peerAddress(handle))
    if (address === '') return handle.close() // gone before it was accepted
    const visitor = traffic.crowd.enter(address, traffic.clock.now)
    if (!visitor) return turnAway(handle)
    begin(new TcpWire(handle), visitor, { address, tlsVersion: '' })
  }
  const admitSecurely = (handshaker: tls.Server, raw: net.Socket): void => {
    const address = plainAddress(raw.remoteAddress ?? '')
    const visitor = address === '' ? undefined : traffic.crowd.enter(address, traffic.clock.now)
    if (!visitor) return void raw.destroy()
    const name = nameOf(raw)
    shaking.set(name, { raw, visitor })
    raw
      .on('error', () => raw.destroy())
      .once('close', () => {
        if (!shaking.delete(name)) return // it shook hands; the connection that came of it will leave
        traffic.crowd.leave(visitor)
        gone()
      })
    handshaker.emit('connection', raw)
  }
  const welcome = (socket: tls.TLSSocket): void => {
    const name = nameOf(socket)
    const visitor = shaking.get(name)?.visitor
    if (!visitor) return void socket.destroy()
    begin(new TlsWire(socket), visitor, {
      address: plainAddress(socket.remoteAddress ?? ''),
      tlsVersion: (socket.getProtocol() ?? '').toLowerCase().replace('v', ''),
    })
    shaking.delete(name)
  }
  if (secure) {
    secure.on('secureConnection', welcome)
    secure.on('tlsClientError', (_error, socket) => socket.destroy())
    for (const server of servers) server.on('connection', (raw) => admitSecurely(secure, raw))
  } else for (const server of servers) acceptHandles(server, admit)
  const watch = { check: (now: number) => connections.forEach((one) => one.check(now)) }
  traffic.clock.watched.add(watch)
  for (const server of servers)
    server.on('error', (error) =>
      traffic.log.error({ err: error }, 'a connection could not be accepted'),
    )
  return {
    port,
    close: async (limitMs) => {
      isClosing = true
      for (const server of servers) server.close()
      if (isEmpty()) return
      const atLimit = setTimeout(() => {
        connections.forEach((connection) => connection.cut())
        for (const { raw } of shaking.values()) raw.destroy()
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

const listenAt = (listen: Listen): Promise<net.Server[]> =>
  Promise.all('fds' in listen ? listen.fds.map((fd) => listenOn({ fd })) : [listenOn(listen)])

const listenOn = (place: { fd: number } | { host: string; port: number }): Promise<net.Server> =>
  new Promise((resolve, reject) => {
    const server = net.createServer({ noDelay: true })
    server.once('error', reject).listen(place, BACKLOG, () => resolve(server.off('error', reject)))
  })

/** As many as Linux lets wait; each of them costs nothing but its place. */
const BACKLOG = 4_096

type Shaking = { raw: net.Socket; visitor: Visitor }

const nameOf = ({ remoteAddress, remotePort }: net.Socket): string =>
  `${remoteAddress} ${remotePort}`

/** For the answers of those that were cut. */
const LAST_WORD_MS = 500

const MAPPED = '::ffff:'

/** A socket for both families shows IPv4 addresses in the form of IPv6. */
const plainAddress = (address: string): string =>
  address.startsWith(MAPPED) ? address.slice(MAPPED.length) : address

let turnedAway = 0

/** Says why, as long as that does not take the descriptors and the time that others need. */
const turnAway = (handle: TcpHandle): void => {
  if (turnedAway >= TURNED_AWAY_LIMIT) return handle.close()
  turnedAway++
  const wire = new TcpWire(handle)
  const timer = setTimeout(() => wire.close(), TURN_AWAY_MS)
  wire.begin({
    received: () => {},
    drained: () => {},
    ended: () => wire.close(),
    closed: () => {
      clearTimeout(timer)
      turnedAway--
    },
  })
  wire.writeText(composeAnswer(TOO_MANY_CONNECTIONS, { method: 'GET', restMs: 0 }))
  wire.end()
}

/** For the answer to arrive before the reset. */
const TURN_AWAY_MS = 500
const TURNED_AWAY_LIMIT = 32
