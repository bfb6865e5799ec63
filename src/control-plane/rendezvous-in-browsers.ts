import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { acceptWebSocket, refuseWebSocket } from '#/foundation/web-socket.ts'
import { isSameOrigin } from '#/platform/page/same-origin.ts'
import { serveRendezvous } from './rendezvous.ts'

const PATH = '/rendezvous'

/**
 * The rendezvous for browsers, which cannot speak plain TLS: a WebSocket at `/rendezvous`, for pages of our own only.
 * What is said on it is the same: the secret and a line's end first, the banner as the answer, then the dyno's bytes.
 */
export const serveRendezvousInBrowsers =
  (needs: Parameters<typeof serveRendezvous>[0]) =>
  (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (request.url !== PATH) return refuseWebSocket(socket, '404 Not Found')
    if (!isSameOrigin(request.headers)) return refuseWebSocket(socket, '403 Forbidden')
    const client = acceptWebSocket(request, socket, head)
    client.on('error', () => client.destroy())
    serveRendezvous(needs, client)
  }
