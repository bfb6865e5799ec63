import net from 'node:net'
import tls from 'node:tls'
import { guardedLookup } from '#/foundation/guarded-lookup.ts'
import type { Frame } from './frame.ts'
import { DeliveryError, deliveryErrorOf, type Sender, type SenderOptions } from './sender.ts'

/**
 * Writes frames to one TCP or TLS connection, made anew when it ends. Syslog has no answers: what the other side had
 * not read when a connection breaks is lost unseen.
 */
export const syslogSender = (
  to: { host: string; port: number; isTls: boolean },
  options: SenderOptions,
): Sender => {
  let connection: net.Socket | undefined
  const connected = async (): Promise<net.Socket> => {
    if (connection?.writable) return connection
    connection?.destroy()
    connection = open(to, options)
    return untilConnected(connection, to.isTls, options.limitMs)
  }
  return {
    host: options.token,
    send: async (frame) => {
      const socket = await connected()
      try {
        await write(socket, frame, options.limitMs)
      } catch (error) {
        socket.destroy()
        throw error
      }
    },
    close: () => void connection?.destroy(),
  }
}

const open = (
  { host, port, isTls }: { host: string; port: number; isTls: boolean },
  { privateHosts, ca }: SenderOptions,
): net.Socket => {
  const where = { host, port, lookup: guardedLookup(privateHosts) }
  const socket = isTls
    ? tls.connect({
        ...where,
        ...(net.isIP(host) ? {} : { servername: host }),
        ...(ca === undefined ? {} : { ca }),
      })
    : net.connect(where)
  socket.setKeepAlive(true, KEEP_ALIVE_MS)
  socket.on('error', () => socket.destroy())
  return socket.resume() // nothing is expected; without it the end is not seen
}

const KEEP_ALIVE_MS = 30_000

const untilConnected = (socket: net.Socket, isTls: boolean, limitMs: number): Promise<net.Socket> =>
  within(socket, limitMs, (done) =>
    socket.once(isTls ? 'secureConnect' : 'connect', () => done(socket)),
  )

const write = (socket: net.Socket, frame: Frame, limitMs: number): Promise<void> =>
  within(socket, limitMs, (done) =>
    socket.write(frame.bytes, (error) => {
      if (!error) done(undefined)
    }),
  )

/** What `begin` calls back with, unless the connection ends before, or it takes too long. */
const within = <T>(
  socket: net.Socket,
  limitMs: number,
  begin: (done: (value: T) => void) => void,
): Promise<T> =>
  new Promise((resolve, reject) => {
    const over = (): void => {
      clearTimeout(limit)
      socket.off('error', failed).off('close', closed)
    }
    const fail = (error: Error): void => {
      over()
      socket.destroy()
      reject(deliveryErrorOf(error))
    }
    const failed = (error: Error): void => fail(error)
    const closed = (): void => fail(new DeliveryError('it ends the connection'))
    const limit = setTimeout(() => fail(new DeliveryError('it takes too long')), limitMs)
    socket.once('error', failed).once('close', closed)
    begin((value) => {
      over()
      resolve(value)
    })
  })
