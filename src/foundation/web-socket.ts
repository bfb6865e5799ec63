import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { encodeFrame, FrameError, FrameReader, type Frame } from './web-socket-frame.ts'

export type WebSocketStream = Duplex & {
  setTimeout: (ms: number, onTimeout: () => void) => void
  remoteAddress: string | undefined
}

/** RFC 6455, 4.2.2. */
const ACCEPT_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const NORMAL = 1000
const HIGH_WATER_BYTES = 64 * 1024
/** How long the other side may take to end a connection that we have closed. */
const CLOSING_LIMIT_MS = 5_000

export const isWebSocketOpening = ({ method, headers }: IncomingMessage): boolean =>
  method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket' && keyOf(headers) !== undefined

const keyOf = (headers: IncomingHttpHeaders): string | undefined => {
  const key = headers['sec-websocket-key']
  return headers['sec-websocket-version'] === '13' && key && /^[\w+/]{22}==$/.test(key)
    ? key
    : undefined
}

/** Answers instead of opening one, and ends the connection. */
export const refuseWebSocket = (socket: Duplex, status: string): void => {
  socket.on('error', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
}

/**
 * Opens a WebSocket (RFC 6455, no extensions): the bytes of its messages, whatever their kind and boundaries, as a
 * stream. What is written goes out as binary messages. Holds one frame (64 KB at most) and a chunk each way; who reads
 * slowly is waited for. The stream ends with a close frame, is destroyed by whatever breaks the protocol.
 */
export const acceptWebSocket = (
  request: IncomingMessage,
  socket: Socket | Duplex,
  head: Buffer,
): WebSocketStream => {
  const accept = createHash('sha1').update(`${keyOf(request.headers)}${ACCEPT_SUFFIX}`)
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept.digest('base64')}\r\n\r\n`,
  )
  const stream = new Duplex({
    readableHighWaterMark: HIGH_WATER_BYTES,
    writableHighWaterMark: HIGH_WATER_BYTES,
    read: () => void socket.resume(),
    write: (chunk: Buffer, _encoding, done) =>
      void socket.write(encodeFrame('binary', chunk), (error) => done(error)),
    final: (done) => {
      socket.end(encodeFrame('close', closeBody(NORMAL)), () => done())
      setTimeout(() => socket.destroy(), CLOSING_LIMIT_MS).unref()
    },
    destroy: (error, done) => {
      socket.destroy()
      done(error)
    },
  })
  feed(socket, head, stream)
  const own = request.socket
  return Object.assign(stream, {
    setTimeout: (ms: number, onTimeout: () => void): void => void own.setTimeout(ms, onTimeout),
    remoteAddress: own.remoteAddress,
  })
}

const feed = (socket: Socket | Duplex, head: Buffer, stream: Duplex): void => {
  const reader = new FrameReader()
  const take = (chunk: Buffer): void => {
    try {
      for (const frame of reader.read(chunk)) takeFrame(frame, socket, stream)
    } catch (error) {
      if (!(error instanceof FrameError)) throw error
      socket.end(encodeFrame('close', closeBody(error.status)))
      stream.destroy()
    }
  }
  socket.on('data', take)
  socket.on('error', () => stream.destroy())
  socket.on('end', () => stream.push(null))
  socket.on('close', () => stream.destroy())
  if (head.length > 0) take(head)
}

const takeFrame = ({ kind, payload }: Frame, socket: Socket | Duplex, stream: Duplex): void => {
  switch (kind) {
    case 'data':
      if (payload.length > 0 && !stream.push(payload)) socket.pause()
      return
    case 'ping':
      // Whoever asks without listening to the answers gets none.
      if (socket.writableLength < HIGH_WATER_BYTES) socket.write(encodeFrame('pong', payload))
      return
    case 'close':
      stream.push(null)
      if (!stream.writableEnded) stream.end()
      return
    case 'pong':
  }
}

const closeBody = (status: number): Buffer => {
  const body = Buffer.alloc(2)
  body.writeUInt16BE(status)
  return body
}
