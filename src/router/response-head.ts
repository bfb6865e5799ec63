import { CHUNKED, UNTIL_CLOSE } from './body-framing.ts'
import { HeaderLines, listMembers, HeaderReaders, skip, type Head } from './header-lines.ts'
import { CR, IS_VALUE, LF, SPACE } from './octets.ts'

/** What the router must know of a response, and what it hands on unread. */
export type ResponseHead = {
  status: number
  /** Bytes, 0 for none, CHUNKED or UNTIL_CLOSE. */
  bodyLength: number
  /** The dyno will take another request on this connection. */
  keepAlive: boolean
  /** How long it keeps the connection, if it says so: `Keep-Alive: timeout=5`. */
  keepAliveMs: number | undefined
  upgrade: string
  /** What of it is valid and yet not passed on, in Heroku's words (H25); or ''. */
  restriction: string
  bytes: Buffer
  /** What goes on as it is, the status line first: from where to where in `bytes`, as many times as needed. */
  passed: number[]
}

/** @param method of the request: the response to HEAD has no body. Undefined: this is no HTTP/1 response (H17). */
export const parseResponseHead = (head: Head, method: string): ResponseHead | undefined => {
  const status = readStatus(head)
  if (status === undefined) return undefined
  const lineEnd = skip(head.bytes, IS_VALUE, head.start)
  if (head.bytes[lineEnd] !== CR || head.bytes[lineEnd + 1] !== LF) return undefined
  const draft = new Draft(head, status)
  const lines = new HeaderLines(head, lineEnd + 2)
  readHeaders(draft, lines)
  return lines.isMalformed || draft.isMalformed ? undefined : finish(draft, head, method)
}

const VERSION = Buffer.from('HTTP/1.')

/** RFC 9112 4: `HTTP/1.1 200 OK`, where the words may be missing, and even the space before them. */
const readStatus = ({ bytes, start }: Head): number | undefined => {
  for (let at = 0; at < VERSION.length; at++)
    if (bytes[start + at] !== VERSION[at]) return undefined
  const at = start + VERSION.length + 1
  const minor = digit(bytes, at - 1)
  const behind = bytes[at + 4]
  const status = digit(bytes, at + 1) * 100 + digit(bytes, at + 2) * 10 + digit(bytes, at + 3)
  const isGood = minor <= 1 && bytes[at] === SPACE && (behind === SPACE || behind === CR)
  return isGood && status >= 100 && status <= 599 ? status : undefined
}

const digit = (bytes: Buffer, at: number): number => {
  const number = (bytes[at] ?? 0) - 48
  return number >= 0 && number <= 9 ? number : NaN
}

class Draft implements ResponseHead {
  readonly status: number
  readonly bytes: Buffer
  bodyLength = UNTIL_CLOSE
  keepAlive: boolean
  keepAliveMs: number | undefined
  upgrade = ''
  restriction = ''
  passed: number[]
  contentLength: number | undefined
  isChunked = false
  isMalformed = false
  /** Names in Connection, beyond the usual. */
  nominated: string[] | undefined

  constructor({ bytes, start }: Head, status: number) {
    this.status = status
    this.bytes = bytes
    this.keepAlive = bytes[start + VERSION.length] !== 48 // HTTP/1.0 keeps it only if it says so
    this.passed = [start]
  }
}

const readHeaders = (draft: Draft, lines: HeaderLines): void => {
  while (lines.next()) {
    if (READERS.find(lines)?.(draft, lines) !== true) continue
    draft.passed.push(lines.lineStart, lines.lineEnd)
  }
  draft.passed.push(lines.head.end)
}

/** Each returns true if its line does not go on, being of this connection only. */
const READERS = new HeaderReaders<Draft>([
  [
    'content-length',
    (draft, lines) => {
      const length = lines.wholeNumber()
      const isAgain = draft.contentLength !== undefined
      if (length === undefined) draft.isMalformed = true
      else if (isAgain && draft.contentLength !== length)
        draft.restriction = 'invalid content length'
      draft.contentLength = length
      return isAgain || !mayHaveLength(draft.status)
    },
  ],
  [
    'transfer-encoding',
    (draft, lines) => {
      if (draft.isChunked || !lines.isValue('chunked')) draft.isMalformed = true
      draft.isChunked = true
      return true
    },
  ],
  [
    'connection',
    (draft, lines) => {
      if (lines.isValue('keep-alive')) draft.keepAlive = true
      else if (lines.isValue('close')) draft.keepAlive = false
      else readConnection(draft, listMembers(lines.value()))
      return true
    },
  ],
  [
    'keep-alive',
    (draft, lines) => {
      const seconds = /timeout=(\d{1,6})/i.exec(lines.value())?.[1]
      if (seconds !== undefined) draft.keepAliveMs = Number(seconds) * 1_000
      return true
    },
  ],
  [
    'upgrade',
    (draft, lines) => {
      draft.upgrade = lines.value()
      return true
    },
  ],
  [
    'set-cookie',
    (draft, { valueStart, valueEnd }) => {
      if (valueEnd - valueStart > COOKIE_LIMIT) draft.restriction = 'oversized cookie'
      return false
    },
  ],
  ['proxy-connection', () => true],
])

/** Bytes; with a larger one the browser's next request would be refused, and every one after. */
const COOKIE_LIMIT = 8_192

const readConnection = (draft: Draft, members: string[]): void => {
  if (members.includes('close')) draft.keepAlive = false
  else if (members.includes('keep-alive')) draft.keepAlive = true
  const nominated = members.filter((member) => !['close', 'keep-alive', 'upgrade'].includes(member))
  // Without its length the client would take the next response for the rest of this one.
  if (nominated.includes('content-length')) draft.isMalformed = true
  if (nominated.length > 0) draft.nominated = [...(draft.nominated ?? []), ...nominated]
}

const finish = (draft: Draft, head: Head, method: string): ResponseHead => {
  draft.bodyLength = bodyLengthOf(draft, method)
  if (draft.bodyLength === UNTIL_CLOSE) draft.keepAlive = false
  const unwanted = draft.nominated ?? []
  if (draft.isChunked && draft.contentLength !== undefined) {
    // RFC 9112 6.3: it may be an attempt to split the response. The chunks count, and the connection ends with them.
    draft.keepAlive = false
    unwanted.push('content-length')
  }
  if (unwanted.length > 0) draft.passed = passedWithout(head, [...HOP_BY_HOP, ...unwanted])
  return draft
}

const HOP_BY_HOP = ['transfer-encoding', 'connection', 'keep-alive', 'upgrade', 'proxy-connection']

const passedWithout = (head: Head, names: string[]): number[] => {
  const lineEnd = skip(head.bytes, IS_VALUE, head.start)
  const lines = new HeaderLines(head, lineEnd + 2)
  const passed = [head.start]
  while (lines.next()) if (names.includes(lines.name())) passed.push(lines.lineStart, lines.lineEnd)
  return [...passed, head.end]
}

const bodyLengthOf = ({ status, isChunked, contentLength }: Draft, method: string): number => {
  if (method === 'HEAD' || status === 304 || !mayHaveLength(status)) return 0
  if (isChunked) return CHUNKED
  return contentLength ?? UNTIL_CLOSE
}

const mayHaveLength = (status: number): boolean => status >= 200 && status !== 204
