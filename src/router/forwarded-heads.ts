import { CHUNKED } from './body-framing.ts'
import { outgoing, type Outgoing } from './outgoing.ts'
import type { RequestHead } from './request-head.ts'
import type { ResponseHead } from './response-head.ts'

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
 * Begins what is written to the client: the response's head.
 * @param connection what is said of the connection and of the body's framing, each line with its CRLF
 * @param moreBytes that will be put behind it
 */
export const beginResponse = (
  response: ResponseHead,
  connection: string,
  moreBytes: number,
): Outgoing => {
  const { bytes, passed } = response
  const last = passed.length - 1
  const tail = `Via: ${VIA}\r\n${connection}\r\n`
  const length = (passed[last] ?? 0) - (passed[0] ?? 0) + tail.length
  const message = outgoing(length + moreBytes)
  let start = passed[0] ?? 0
  for (let at = 1; at <= last; at += 2) {
    const end = passed[at] ?? start
    if (end > start) message.bytes({ bytes, start, end })
    start = passed[at + 1] ?? start
  }
  return message.replace(MINOR_VERSION_AT, ONE).text(tail)
}

/** Whatever the dyno speaks, the router answers in HTTP/1.1. */
const MINOR_VERSION_AT = 'HTTP/1.'.length
const ONE = '1'.charCodeAt(0)
