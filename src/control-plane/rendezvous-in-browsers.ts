import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { createWebSocketStream, WebSocketServer } from 'ws'
import { isSameOrigin } from '#/platform/page/same-origin.ts'
import { serveRendezvous } from './rendezvous.ts'

const PATH = '/rendezvous'

/** Who reads slowly is waited for, so that no more than this is held of what either side says. */
const HELD_BYTES = 64 * 1024

const opener = new WebSocketServer({
  noServer: true,
  maxPayload: HELD_BYTES,
  perMessageDeflate: false,
})

/**
 * The rendezvous for browsers, which cannot speak plain TLS: a WebSocket at `/rendezvous`, for pages of our own only.
 * What is said on it is the same: the secret and a line's end first, the banner as the answer, then the dyno's bytes.
 */
export const serveRendezvousInBrowsers =
  (needs: Parameters<typeof serveRendezvous>[0]) =>
  (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (request.url !== PATH) return refuse(socket, '404 Not Found')
    if (!isSameOrigin(request.headers)) return refuse(socket, '403 Forbidden')
    opener.handleUpgrade(request, socket, head, (webSocket) => {
      const { socket: own } = request
      const client = createWebSocketStream(webSocket, { highWaterMark: HELD_BYTES })
      client.on('error', () => client.destroy())
      serveRendezvous(
        needs,
        Object.assign(client, {
          remoteAddress: own.remoteAddress,
          setTimeout: (ms: number, onTimeout: () => void) => own.setTimeout(ms, onTimeout),
        }),
      )
    })
  }

const refuse = (socket: Duplex, status: string): void => {
  socket.on('error', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
}
