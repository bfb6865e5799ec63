import { CHUNKED } from './body-framing.ts'
import {
  HeaderLines,
  listMembers,
  HeaderReaders,
  type HeaderReader,
  skip,
  withoutHeaders,
  type Head,
} from './header-lines.ts'
import { hostOf } from './host-name.ts'
import { CR, IS_OF_LINE, LF } from './octets.ts'
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

export const parseRequestHead = (
  head: Head,
  limits: { requestLineBytes: number },
): RequestHead | Refusal => {
  const lineEnd = skip(head.bytes, IS_OF_LINE, head.start)
  if (lineEnd - head.start > limits.requestLineBytes) return new Refusal(414, 'request line')
  if (head.bytes[lineEnd] !== CR || head.bytes[lineEnd + 1] !== LF)
    return new Refusal(400, 'request line')
  const line = parseRequestLine(head.slice(head.start, lineEnd))
  if (line instanceof Refusal) return line
  const draft = new Draft(line)
  const lines = new HeaderLines(head, lineEnd + 2)
  readHeaders(draft, lines)
  const outcome = lines.isMalformed
    ? new Refusal(400, 'malformed line')
    : (draft.refusal ?? finish(draft))
  if (outcome instanceof Refusal) identify(outcome, draft)
  return outcome
}

/** With one good Host it is known which app was asked for. */
const identify = (refusal: Refusal, draft: Draft): void => {
  draft.host = (draft.hosts === 1 && hostOf(draft.authority)) || ''
  if (draft.host !== '') refusal.request = draft
}

/** A head half read. */
class Draft implements RequestHead {
  method: string
  target: string
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
  readonly line: RequestLine
  hosts = 0
  hasLength = false
  /** What Upgrade says, which counts only if Connection names it. */
  offered = ''
  /** What Connection says, beyond the usual. */
  connection: string[] | undefined
  mustClose = false
  refusal: Refusal | undefined

  constructor(line: RequestLine) {
    this.line = line
    this.method = line.method
    this.target = line.target
    this.minorVersion = line.minorVersion
    this.keepAlive = line.minorVersion === 1
  }
}

const readHeaders = (draft: Draft, lines: HeaderLines): void => {
  const { head } = lines
  // Mostly nothing is taken out, and the head goes on in one piece.
  let keptFrom = draft.line.isPlain ? head.start : lines.lineEnd
  if (!draft.line.isPlain) draft.passed = `${draft.method} ${draft.target} HTTP/1.1\r\n`
  while (lines.next()) {
    const reader = READERS.find(lines)
    if (!reader || !isTaken(draft, reader, lines)) continue
    draft.passed += head.slice(keptFrom, lines.lineStart)
    keptFrom = lines.lineEnd
  }
  draft.passed += head.slice(keptFrom, head.end)
}

/** True if the line does not go on. One that a dyno might take for a line of the router's is dropped unread. */
const isTaken = (draft: Draft, reader: HeaderReader<Draft>, lines: HeaderLines): boolean =>
  lines.hasUnderscore() || reader(draft, lines)

const takeAway: HeaderReader<Draft> = () => true

/** Each returns true if its line does not go on: it is of this connection only, or is written anew. */
const READERS = new HeaderReaders<Draft>([
  [
    'host',
    (draft, lines) => {
      draft.hosts++
      draft.authority = lines.value()
      return false
    },
  ],
  [
    'content-length',
    (draft, lines) => {
      const length = lines.wholeNumber()
      if (length === undefined || draft.hasLength) refuse(draft, 400, 'Content-Length')
      if (draft.bodyLength === CHUNKED) refuse(draft, 400, 'Content-Length and Transfer-Encoding')
      draft.hasLength = true
      draft.bodyLength = length ?? 0
      return false
    },
  ],
  [
    'transfer-encoding',
    (draft, lines) => {
      if (draft.minorVersion === 0) refuse(draft, 400, 'Transfer-Encoding in HTTP/1.0')
      if (draft.bodyLength === CHUNKED) refuse(draft, 400, 'two Transfer-Encodings')
      if (draft.hasLength) refuse(draft, 400, 'Content-Length and Transfer-Encoding')
      if (!lines.isValue('chunked')) refuse(draft, 400, 'Transfer-Encoding')
      draft.bodyLength = CHUNKED
      return true
    },
  ],
  [
    'connection',
    (draft, lines) => {
      if (lines.isValue('keep-alive')) draft.keepAlive = true
      else if (lines.isValue('close')) draft.mustClose = true
      else draft.connection = [...(draft.connection ?? []), ...listMembers(lines.value())]
      return true
    },
  ],
  [
    'upgrade',
    (draft, lines) => {
      draft.offered = joined(draft.offered, lines.value())
      return true
    },
  ],
  [
    'expect',
    (draft, lines) => {
      if (draft.minorVersion === 0) return true // RFC 9110 10.1.1
      if (!lines.isValue('100-continue')) refuse(draft, 417, 'unsupported expect header value')
      draft.expectsContinue = true
      return false
    },
  ],
  [
    'x-request-id',
    (draft, lines) => {
      draft.requestId = REQUEST_ID.test(lines.value()) ? lines.value() : ''
      return true
    },
  ],
  [
    'x-forwarded-for',
    (draft, lines) => {
      draft.forwardedFor = joined(draft.forwardedFor, lines.value())
      return true
    },
  ],
  [
    'via',
    (draft, lines) => {
      draft.via = joined(draft.via, lines.value())
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

const finish = (draft: Draft): RequestHead | Refusal => {
  if (draft.hosts !== 1) return new Refusal(400, 'Host')
  const host = hostOf(draft.authority)
  if (host === undefined) return new Refusal(400, 'Host')
  if (
    draft.line.authority !== '' &&
    draft.line.authority.toLowerCase() !== draft.authority.toLowerCase()
  )
    return new Refusal(400, 'Host differs from the target')
  draft.host = host
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
