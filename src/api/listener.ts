import type { Server as HttpServer } from 'node:http'
import net from 'node:net'
import tls from 'node:tls'
import { countConnections, type ConnectionLimits } from './connection-count.ts'

export type Listener = { port: number; stop: () => Promise<void> }

export type ListenerOptions = {
  http: HttpServer
  tls: tls.SecureContextOptions
  /** A bound descriptor, or where to bind. */
  listen: { fd: number } | { host: string; port: number }
  /** A TLS connection that does not begin like HTTP: a rendezvous client, which opens with its secret in lower-case hex. */
  onRendezvous: (socket: tls.TLSSocket) => void
  /** Whoever comes beyond is turned away at once. */
  limits: ConnectionLimits
}

const TLS_CLIENT_HELLO = 0x16
const FIRST_BYTE_LIMIT_MS = 30_000
const SHAKING_HANDS = { ALPNProtocols: ['http/1.1'], handshakeTimeout: FIRST_BYTE_LIMIT_MS }

/**
 * One port for HTTP, HTTPS and rendezvous: the first byte tells TLS from plain text, and inside TLS the case of the
 * first letter tells HTTP (`GET`) from a rendezvous secret. The official CLI wants the API and git on one port number.
 */
export const startListener = async ({
  http,
  tls: secureContext,
  listen,
  onRendezvous,
  limits,
}: ListenerOptions): Promise<Listener> => {
  const sockets = new Set<net.Socket>()
  const count = countConnections(limits)
  const secure = tls.createServer({ ...secureContext, ...SHAKING_HANDS }, (socket) => {
    socket.on('error', () => socket.destroy())
    withFirstByte(socket, (byte) => {
      const isLowerHex = (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66)
      if (isLowerHex) onRendezvous(socket)
      else http.emit('connection', socket)
    })
  })
  secure.on('tlsClientError', (_error, socket) => socket.destroy())
  const server = net.createServer({ pauseOnConnect: false, noDelay: true }, (socket) => {
    const address = socket.remoteAddress ?? ''
    if (!count.enter(address)) return void socket.destroy()
    sockets.add(socket)
    socket.once('close', () => {
      sockets.delete(socket)
      count.leave(address)
    })
    socket.on('error', () => socket.destroy())
    withFirstByte(socket, (byte) =>
      (byte === TLS_CLIENT_HELLO ? secure : http).emit('connection', socket),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(listen, () => resolve())
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** Looks at the first byte and puts it back. */
const withFirstByte = (socket: net.Socket, next: (byte: number) => void): void => {
  socket.setTimeout(FIRST_BYTE_LIMIT_MS, () => socket.destroy())
  socket.once('readable', () => {
    const chunk = socket.read() as Buffer | null
    if (!chunk?.length) return void socket.destroy()
    socket.setTimeout(0)
    socket.removeAllListeners('timeout')
    socket.unshift(chunk)
    next(chunk[0] ?? 0)
  })
}
