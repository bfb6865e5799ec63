import { CHUNKED } from './body-framing.ts'
import type { Outgoing } from './outgoing.ts'
import type { RequestHead } from './request-head.ts'

/** How a client reached the router. */
export type Origin = {
  /** IPv4 or IPv6, without a zone or an IPv4-mapped prefix. */
  address: string
  protocol: 'http' | 'https'
  /** `tls1.3`; '' without TLS. */
  tlsVersion: string
  /** The router's own. */
  port: number
}

const VIA = '1.1 sluice'

/** The end of all heads of requests from there that came straight from their client. */
export const straightHeaders = (origin: Origin): string =>
  `X-Forwarded-For: ${origin.address}\r\nVia: ${VIA}\r\n${reachedHeaders(origin)}`

const reachedHeaders = ({ protocol, port }: Origin): string =>
  `X-Forwarded-Proto: ${protocol}\r\nX-Forwarded-Port: ${port}\r\n\r\n`

/**
 * The request as the dyno gets it: always HTTP/1.1, with Heroku's headers.
 * @param startedAt milliseconds since 1970
 */
export const composeRequestHead = (
  request: RequestHead,
  client: Client,
  { requestId, startedAt }: { requestId: string; startedAt: number },
): string =>
  request.passed +
  framing(request) +
  `X-Request-Id: ${requestId}\r\nX-Request-Start: ${asText(startedAt)}\r\n` +
  (request.forwardedFor === '' && request.via === ''
    ? client.straightHeaders
    : relayedHeaders(request, client.origin))

type Client = { origin: Origin; straightHeaders: string }

const relayedHeaders = (request: RequestHead, origin: Origin): string => {
  const via = request.via === '' ? VIA : `${request.via}, ${VIA}`
  return `X-Forwarded-For: ${forwardedFor(request, origin)}\r\nVia: ${via}\r\n${reachedHeaders(origin)}`
}

export const forwardedFor = ({ forwardedFor: before }: RequestHead, { address }: Origin): string =>
  before === '' ? address : `${before}, ${address}`

const framing = ({ bodyLength, upgrade }: RequestHead): string => {
  if (bodyLength === CHUNKED) return 'Transfer-Encoding: chunked\r\n'
  return upgrade === '' ? '' : `Connection: Upgrade\r\nUpgrade: ${upgrade}\r\n`
}

let lastNumber = 0
let lastText = '0'

/** Many requests share a millisecond, and to put such a number into words takes a while. */
const asText = (milliseconds: number): string => {
  if (milliseconds !== lastNumber) {
    lastNumber = milliseconds
    lastText = String(milliseconds)
  }
  return lastText
}

/**
 * Ends the head of a response that goes to a client.
 * @param message begins with what of the dyno's head goes on
 * @param connection what is said of the connection and of the body's framing, each line with its CRLF
 */
export const endResponseHead = (message: Outgoing, connection: string): Outgoing =>
  message.replace(MINOR_VERSION_AT, ONE).text(VIA_LINE).text(connection).text('\r\n')

const VIA_LINE = `Via: ${VIA}\r\n`
/** Whatever the dyno speaks, the router answers in HTTP/1.1. */
const MINOR_VERSION_AT = 'HTTP/1.'.length
const ONE = '1'.charCodeAt(0)
