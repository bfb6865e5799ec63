import { METHODS } from 'node:http'
import { CHUNKED, parseContentLength } from './body-framing.ts'
import {
  HeaderLines,
  listMembers,
  NamesOfInterest,
  skip,
  withoutHeaders,
  type Head,
} from './header-lines.ts'
import { hostOf } from './host-name.ts'
import { IS_OF_LINE } from './octets.ts'

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

/** Why a request is not served: HTTP status and, for tests and people, what is wrong. */
export class Refusal {
  readonly status: number
  readonly reason: string
  constructor(status: number, reason: string) {
    this.status = status
    this.reason = reason
  }
}

const CRLF = '\r\n'
const KNOWN_METHODS = new Set(METHODS.filter((method) => method !== 'CONNECT'))

export const parseRequestHead = (
  head: Head,
  limits: { requestLineBytes: number },
): RequestHead | Refusal => {
  const lineEnd = skip(head.bytes, IS_OF_LINE, head.start)
  if (lineEnd - head.start > limits.requestLineBytes) return new Refusal(414, 'request line')
  const draft = parseRequestLine(head.slice(head.start, lineEnd))
  if (draft instanceof Refusal) return draft
  const lines = new HeaderLines(head, lineEnd + CRLF.length)
  if (head.slice(lineEnd, lineEnd + CRLF.length) !== CRLF) return new Refusal(400, 'request line')
  readHeaders(draft, lines)
  if (lines.isMalformed) return new Refusal(400, 'malformed header line')
  return draft.refusal ?? finish(draft)
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
  isLineKept: boolean
  /** Of an absolute URI. */
  targetAuthority = ''
  hosts = 0
  hasLength = false
  connection: string[] | undefined
  refusal: Refusal | undefined

  constructor(method: string, target: string, minorVersion: 0 | 1) {
    this.method = method
    this.target = target
    this.minorVersion = minorVersion
    this.keepAlive = this.isLineKept = minorVersion === 1
  }
}

const parseRequestLine = (line: string): Draft | Refusal => {
  const first = line.indexOf(' ')
  const last = line.indexOf(' ', first + 1)
  if (first <= 0 || last <= first + 1) return new Refusal(400, 'request line')
  const version = line.slice(last + 1)
  if (version !== 'HTTP/1.1' && version !== 'HTTP/1.0')
    return new Refusal(/^HTTP\/\d\.\d$/.test(version) ? 505 : 400, 'version')
  const method = line.slice(0, first)
  if (!KNOWN_METHODS.has(method)) return new Refusal(/^[A-Z-]+$/.test(method) ? 501 : 400, 'method')
  const target = line.slice(first + 1, last)
  const draft = new Draft(method, target, version === 'HTTP/1.1' ? 1 : 0)
  return target.startsWith('/') ? draft : readSpecialTarget(draft)
}

/** RFC 9112 3.2.2 and 3.2.4: an absolute URI becomes a path; `*` is for OPTIONS alone. */
const readSpecialTarget = (draft: Draft): Draft | Refusal => {
  if (draft.target === '*' && draft.method === 'OPTIONS') return draft
  const [, authority, path] = /^https?:\/\/([^/?]+)(.*)$/i.exec(draft.target) ?? []
  if (authority === undefined || path === undefined) return new Refusal(400, 'target')
  draft.isLineKept = false
  draft.targetAuthority = authority
  draft.target = path.startsWith('/') ? path : `/${path}`
  return draft
}

const readHeaders = (draft: Draft, lines: HeaderLines): void => {
  const { head } = lines
  // Mostly nothing is taken out, and the head goes on in one piece.
  let keptFrom = draft.isLineKept ? head.start : lines.lineEnd
  if (!draft.isLineKept) draft.passed = `${draft.method} ${draft.target} HTTP/1.1\r\n`
  while (lines.next()) {
    const name = NAMES.find(lines)
    if (name === '' || !isTaken(draft, name, lines)) continue
    draft.passed += head.slice(keptFrom, lines.lineStart)
    keptFrom = lines.lineEnd
  }
  draft.passed += head.slice(keptFrom, head.end)
}

/** True if the line does not go on. One that a dyno might take for a line of the router's is dropped unread. */
const isTaken = (draft: Draft, name: string, lines: HeaderLines): boolean =>
  lines.hasUnderscore() || READERS.get(name)?.(draft, lines.value()) === true

type Reader = (draft: Draft, value: string) => boolean

const takeAway: Reader = () => true

/** Each returns true if its line does not go on: it is of this connection only, or is written anew. */
const READERS = new Map<string, Reader>([
  [
    'host',
    (draft, value) => {
      draft.hosts++
      draft.authority = value
      return false
    },
  ],
  [
    'content-length',
    (draft, value) => {
      const length = parseContentLength(value)
      if (length === undefined || draft.hasLength) refuse(draft, 400, 'Content-Length')
      draft.hasLength = true
      if (draft.bodyLength === CHUNKED) refuse(draft, 400, 'Content-Length and Transfer-Encoding')
      draft.bodyLength = length ?? 0
      return false
    },
  ],
  [
    'transfer-encoding',
    (draft, value) => {
      if (draft.minorVersion === 0) refuse(draft, 400, 'Transfer-Encoding in HTTP/1.0')
      if (draft.bodyLength === CHUNKED) refuse(draft, 400, 'two Transfer-Encodings')
      if (draft.hasLength) refuse(draft, 400, 'Content-Length and Transfer-Encoding')
      if (value.toLowerCase() !== 'chunked') refuse(draft, 400, 'Transfer-Encoding')
      draft.bodyLength = CHUNKED
      return true
    },
  ],
  [
    'connection',
    (draft, value) => {
      draft.connection = [...(draft.connection ?? []), ...listMembers(value)]
      return true
    },
  ],
  [
    'upgrade',
    (draft, value) => {
      draft.upgrade = draft.upgrade ? `${draft.upgrade}, ${value}` : value
      return true
    },
  ],
  [
    'expect',
    (draft, value) => {
      if (value.toLowerCase() !== '100-continue') refuse(draft, 417, 'Expect')
      draft.expectsContinue = true
      return false
    },
  ],
  [
    'x-request-id',
    (draft, value) => {
      draft.requestId = REQUEST_ID.test(value) ? value : ''
      return true
    },
  ],
  [
    'x-forwarded-for',
    (draft, value) => {
      draft.forwardedFor = draft.forwardedFor ? `${draft.forwardedFor}, ${value}` : value
      return true
    },
  ],
  [
    'via',
    (draft, value) => {
      draft.via = draft.via ? `${draft.via}, ${value}` : value
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

const NAMES = new NamesOfInterest(READERS.keys())

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
    draft.targetAuthority !== '' &&
    draft.targetAuthority.toLowerCase() !== draft.authority.toLowerCase()
  )
    return new Refusal(400, 'Host differs from the target')
  draft.host = host
  if (draft.method === 'TRACE' && draft.bodyLength !== 0) return new Refusal(400, 'body of TRACE')
  return draft.connection ? applyConnection(draft, draft.connection) : noUpgrade(draft)
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

const applyConnection = (draft: Draft, members: string[]): RequestHead | Refusal => {
  if (members.includes('close')) draft.keepAlive = false
  else if (members.includes('keep-alive')) draft.keepAlive = true
  const nominated = members.filter((member) => !PLAIN_MEMBERS.includes(member))
  if (nominated.some((name) => NEVER_NOMINATED.includes(name)))
    return new Refusal(400, 'Connection')
  if (nominated.length > 0) draft.passed = withoutHeaders(draft.passed, nominated)
  return members.includes('upgrade') && mayUpgrade(draft) ? draft : noUpgrade(draft)
}

/** An upgrade with a body would leave open where the other protocol begins. HTTP/2 is not spoken behind the router. */
const mayUpgrade = (draft: Draft): boolean =>
  draft.upgrade !== '' &&
  draft.minorVersion === 1 &&
  draft.bodyLength === 0 &&
  !listMembers(draft.upgrade).some(
    (protocol) => protocol.startsWith('h2') || protocol.startsWith('http/'),
  )

const noUpgrade = (draft: Draft): RequestHead => {
  draft.upgrade = ''
  return draft
}
