import { levelOf, ROUTER_ERRORS, type RouterErrorCode } from './error-codes.ts'
import { forwardedFor, type Origin } from './forwarded-heads.ts'
import type { RequestHead } from './request-head.ts'

/** Where a line about a request goes: to the log of its app. */
export type AppendLine = (
  appId: string,
  line: { at: number; source: 'heroku'; dyno: 'router'; text: string },
) => void

export type Verdict = {
  /** undefined: nothing is wrong */
  code?: RouterErrorCode | undefined
  /** What exactly was wrong, of the codes that say so (H25, H26). */
  cause?: string | undefined
  status: number
}

export type RequestEnd = Verdict & {
  requestId: string
  /** `web.1`; '' if none was reached. */
  dyno: string
  /** undefined if no connection was made */
  connectMs: number | undefined
  /** undefined if no dyno had the request */
  serviceMs: number | undefined
  /** Sent to the client, heads included. */
  bytes: number
}

/** Heroku's line for a request, key by key. */
export const describeRequest = (request: RequestHead, origin: Origin, end: RequestEnd): string =>
  `${verdict(end)} method=${request.method} path="${quotable(request.target)}" host=${request.authority} ` +
  `request_id=${end.requestId} fwd="${quotable(forwardedFor(request, origin))}" dyno=${end.dyno} ` +
  `connect=${inMs(end.connectMs)} service=${inMs(end.serviceMs)} status=${end.status} bytes=${end.bytes} ` +
  `protocol=${origin.protocol} tls=${origin.tlsVersion === '' ? 'false' : `true tls_version=${origin.tlsVersion}`}`

const verdict = ({ code, cause, status }: RequestEnd): string => {
  if (code === undefined) return status === 429 ? 'at=warning desc="Too many requests"' : 'at=info'
  const { desc } = ROUTER_ERRORS[code]
  const why = cause === undefined || code === 'H25' ? '' : ` cause="${cause}"`
  const what = cause !== undefined && code === 'H25' ? `${desc}: ${cause}` : desc
  return `${levelOf(code)} code=${code} desc="${what}"${why}`
}

const inMs = (ms: number | undefined): string => (ms === undefined ? '' : `${Math.round(ms)}ms`)

/** So that a path cannot forge keys of the line. */
const quotable = (text: string): string => (text.includes('"') ? text.replaceAll('"', '%22') : text)
