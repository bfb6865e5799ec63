import { CHUNKED } from './body-framing.ts'
import { CRLF_BYTES, type HeadReader } from './head-reader.ts'
import {
  HeaderReaders,
  listMembers,
  textOf,
  withoutHeaders,
  type HeaderReader,
} from './header-lines.ts'
import { hostOf } from './host-name.ts'
import { IS_OF_LINE } from './octets.ts'
import { Refusal } from './refusal.ts'
import { parseRequestLine, type RequestLine } from './request-line.ts'

/** What the router must know of a request, and what it hands on unread. */
export type RequestHead = {
  method: string
  /** `/path?query`, or `*` */
  target: string
  minorVersion: 0 | 1
  /** As the client wrote it. */
  authority: string
  /** As routes name it. */
  host: string
  /** Bytes, 0 for none, or CHUNKED. */
  bodyLength: number
  keepAlive: boolean
  expectsContinue: boolean
  /** What the client wants to speak instead of HTTP, such as `websocket`; or ''. */
  upgrade: string
  /** The client's own, if it will do; or ''. */
  requestId: string
  forwardedFor: string
  via: string
  /** The request line for the dyno, and the header lines that go on as they are; each with its CRLF. */
  passed: string
}

/** @returns undefined if the head has not come whole */
export const readRequestHead = (
  reader: HeadReader,
  limits: { requestLineBytes: number },
): RequestHead | Refusal | undefined => {
  const start = reader.lineStart
  if (!reader.first(IS_OF_LINE))
    return reader.state === 'partial' ? undefined : new Refusal(400, 'request line')
  const lineBytes = reader.lineEnd - start - CRLF_BYTES
  if (lineBytes > limits.requestLineBytes) return new Refusal(414, 'request line')
  const draft = new Draft(start, reader.bytes[start + lineBytes - 1] === ZERO ? 0 : 1)
  while (reader.next()) if (isTaken(draft, reader)) draft.passed += textOf(reader.cut())
  if (reader.state === 'partial') return undefined
  draft.passed += textOf(reader.rest())
  if (reader.state === 'malformed') draft.refusal = new Refusal(400, 'malformed line')
  const outcome = finish(draft, lineBytes)
  if (outcome instanceof Refusal) identify(outcome, draft)
  return outcome
}

const ZERO = '0'.charCodeAt(0)

/** With one good Host it is known which app was asked for, and with a good request line, for what. */
const identify = (refusal: Refusal, draft: Draft): void => {
  if (draft.method === '') return
  draft.host = (draft.hosts === 1 && hostOf(draft.authority)) || ''
  if (draft.host !== '') refusal.request = draft
}

/** A head half read. */
class Draft implements RequestHead {
  method = ''
  target = ''
  minorVersion: 0 | 1
  authority = ''
  host = ''
  bodyLength = 0
  keepAlive: boolean
  expectsContinue = false
  upgrade = ''
  requestId = ''
  forwardedFor = ''
  via = ''
  passed = ''
  /** Where the head begins in the bytes. */
  readonly start: number
  hosts = 0
  /** Where the value of Host stands in `passed`. */
  hostStart = 0
  hostEnd = 0
  hasLength = false
  /** What Upgrade says, which counts only if Connection names it. */
  offered = ''
  /** What Connection says, beyond the usual. */
  connection: string[] | undefined
  mustClose = false
  refusal: Refusal | undefined

  constructor(start: number, minorVersion: 0 | 1) {
    this.start = start
    this.minorVersion = minorVersion
    this.keepAlive = minorVersion === 1
  }
}

/** True if the line does not go on. One that a dyno might take for a line of the router's is dropped unread. */
const isTaken = (draft: Draft, line: HeadReader): boolean => {
  const read = READERS.find(line)
  return read !== undefined && (line.hasUnderscore() || read(draft, line))
}

const takeAway: HeaderReader<Draft> = () => true

/** Each returns true if its line does not go on: it is of this connection only, or is written anew. */
const READERS = new HeaderReaders<Draft>([
  [
    'host',
    (draft, { valueStart, valueEnd, cutBytes }) => {
      draft.hosts++
      draft.hostStart = valueStart - draft.start - cutBytes
      draft.hostEnd = valueEnd - draft.start - cutBytes
      return false
    },
  ],
  [
    'content-length',
    (draft, line) => {
      const length = line.wholeNumber()
      if (length === undefined || draft.hasLength) refuse(draft, 400, 'Content-Length')
      if (draft.bodyLength === CHUNKED) refuse(draft, 400, 'Content-Length and Transfer-Encoding')
      draft.hasLength = true
      draft.bodyLength = length ?? 0
      return false
    },
  ],
  [
    'transfer-encoding',
    (draft, line) => {
      if (draft.minorVersion === 0) refuse(draft, 400, 'Transfer-Encoding in HTTP/1.0')
      if (draft.bodyLength === CHUNKED) refuse(draft, 400, 'two Transfer-Encodings')
      if (draft.hasLength) refuse(draft, 400, 'Content-Length and Transfer-Encoding')
      if (!line.isValue('chunked')) refuse(draft, 400, 'Transfer-Encoding')
      draft.bodyLength = CHUNKED
      return true
    },
  ],
  [
    'connection',
    (draft, line) => {
      if (line.isValue('keep-alive')) draft.keepAlive = true
      else if (line.isValue('close')) draft.mustClose = true
      else draft.connection = [...(draft.connection ?? []), ...listMembers(line.value())]
      return true
    },
  ],
  [
    'upgrade',
    (draft, line) => {
      draft.offered = joined(draft.offered, line.value())
      return true
    },
  ],
  [
    'expect',
    (draft, line) => {
      if (draft.minorVersion === 0) return true // RFC 9110 10.1.1
      if (!line.isValue('100-continue')) refuse(draft, 417, 'unsupported expect header value')
      draft.expectsContinue = true
      return false
    },
  ],
  [
    'x-request-id',
    (draft, line) => {
      draft.requestId = REQUEST_ID.test(line.value()) ? line.value() : ''
      return true
    },
  ],
  [
    'x-forwarded-for',
    (draft, line) => {
      draft.forwardedFor = joined(draft.forwardedFor, line.value())
      return true
    },
  ],
  [
    'via',
    (draft, line) => {
      draft.via = joined(draft.via, line.value())
      return true
    },
  ],
  ['x-forwarded-proto', takeAway],
  ['x-forwarded-port', takeAway],
  ['x-request-start', takeAway],
  ['keep-alive', takeAway],
  ['proxy-connection', takeAway],
  ['te', takeAway],
  ['http2-settings', takeAway],
])

/** RFC 9110 5.3: lines of one name are one list. */
const joined = (before: string, value: string): string =>
  before === '' ? value : `${before}, ${value}`

/** Heroku's rule for a client's own request id. */
const REQUEST_ID = /^[A-Za-z0-9-]{20,200}$/

const refuse = (draft: Draft, status: number, reason: string): void => {
  draft.refusal ??= new Refusal(status, reason)
}

const finish = (draft: Draft, lineBytes: number): RequestHead | Refusal => {
  const { passed } = draft
  draft.authority = passed.slice(draft.hostStart, draft.hostEnd)
  const line = parseRequestLine(passed.slice(0, lineBytes))
  if (line instanceof Refusal) return line
  draft.method = line.method
  draft.target = line.target
  if (!line.isPlain)
    draft.passed = `${line.method} ${line.target} HTTP/1.1${passed.slice(lineBytes)}`
  return draft.refusal ?? refuseHost(draft, line) ?? applyRest(draft)
}

const refuseHost = (draft: Draft, { authority }: RequestLine): Refusal | undefined => {
  const host = draft.hosts === 1 ? hostOf(draft.authority) : undefined
  if (host === undefined) return new Refusal(400, 'Host')
  draft.host = host
  if (authority === '' || authority.toLowerCase() === draft.authority.toLowerCase())
    return undefined
  return new Refusal(400, 'Host differs from the target')
}

const applyRest = (draft: Draft): RequestHead | Refusal => {
  if (draft.method === 'TRACE' && draft.bodyLength !== 0) return new Refusal(400, 'body of TRACE')
  const refusal = draft.connection && applyConnection(draft, draft.connection)
  if (draft.mustClose) draft.keepAlive = false
  return refusal ?? draft
}

/** What Connection may not name: the lines that say whose a message is, and how long. */
const NEVER_NOMINATED = [
  'host',
  'content-length',
  'transfer-encoding',
  'x-forwarded-for',
  'x-forwarded-proto',
]
const PLAIN_MEMBERS = ['keep-alive', 'close', 'upgrade', 'te', 'http2-settings']

const applyConnection = (draft: Draft, members: string[]): Refusal | undefined => {
  if (members.includes('close')) draft.mustClose = true
  if (members.includes('keep-alive')) draft.keepAlive = true
  if (members.includes('upgrade') && mayUpgrade(draft)) draft.upgrade = draft.offered
  const nominated = members.filter((member) => !PLAIN_MEMBERS.includes(member))
  if (nominated.some((name) => NEVER_NOMINATED.includes(name)))
    return new Refusal(400, 'Connection')
  if (nominated.length > 0) draft.passed = withoutHeaders(draft.passed, nominated)
  return undefined
}

/** An upgrade with a body would leave open where the other protocol begins. HTTP/2 is not spoken behind the router. */
const mayUpgrade = ({ offered, minorVersion, bodyLength }: Draft): boolean =>
  minorVersion === 1 &&
  bodyLength === 0 &&
  !listMembers(offered).some((name) => name.startsWith('h2') || name.startsWith('http/'))
