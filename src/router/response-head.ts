import { CHUNKED, UNTIL_CLOSE } from './body-framing.ts'
import type { HeadReader } from './head-reader.ts'
import { HeaderReaders, listMembers, withoutHeaders } from './header-lines.ts'
import { CR, IS_VALUE, SPACE } from './octets.ts'
import type { Outgoing } from './outgoing.ts'

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
}

/**
 * Reads the head of a response.
 * @param message gets what of it goes on as it is, the status line first
 * @param method of the request: the response to HEAD has no body
 * @returns undefined if it has not come whole, or is none of HTTP/1 (H17): the reader's state tells
 */
export const readResponseHead = (
  reader: HeadReader,
  message: Outgoing,
  method: string,
): ResponseHead | undefined => {
  const start = reader.lineStart
  if (!reader.first(IS_VALUE)) return undefined
  const status = readStatus(reader.bytes, start)
  if (status === undefined) return fail(reader)
  const draft = new Draft(status, reader.bytes[start + VERSION.length] !== ZERO)
  while (reader.next())
    if (READERS.find(reader)?.(draft, reader) === true) message.bytes(reader.cut())
  if (reader.state !== 'whole') return undefined
  if (draft.isMalformed) return fail(reader)
  message.bytes(reader.rest())
  return finish(draft, message, method)
}

const fail = (reader: HeadReader): undefined => {
  reader.state = 'malformed'
}

const VERSION = Buffer.from('HTTP/1.')

/** RFC 9112 4: `HTTP/1.1 200 OK`, where the words may be missing, and even the space before them. */
const readStatus = (bytes: Buffer, start: number): number | undefined => {
  for (let at = 0; at < VERSION.length; at++)
    if (bytes[start + at] !== VERSION[at]) return undefined
  const at = start + VERSION.length + 1
  const minor = digit(bytes, at - 1)
  const behind = bytes[at + 4]
  const status = digit(bytes, at + 1) * 100 + digit(bytes, at + 2) * 10 + digit(bytes, at + 3)
  const isGood = minor <= 1 && bytes[at] === SPACE && (behind === SPACE || behind === CR)
  return isGood && status >= 100 && status <= 599 ? status : undefined
}

const ZERO = '0'.charCodeAt(0)

const digit = (bytes: Buffer, at: number): number => {
  const number = (bytes[at] ?? 0) - ZERO
  return number >= 0 && number <= 9 ? number : NaN
}

class Draft implements ResponseHead {
  readonly status: number
  bodyLength = UNTIL_CLOSE
  keepAlive: boolean
  keepAliveMs: number | undefined
  upgrade = ''
  restriction = ''
  contentLength: number | undefined
  isChunked = false
  isMalformed = false
  /** Names in Connection, beyond the usual. */
  nominated: string[] | undefined

  /** @param isHttp11 HTTP/1.0 keeps the connection only if it says so */
  constructor(status: number, isHttp11: boolean) {
    this.status = status
    this.keepAlive = isHttp11
  }
}

/** Each returns true if its line does not go on, being of this connection only. */
const READERS = new HeaderReaders<Draft>([
  [
    'content-length',
    (draft, line) => {
      const length = line.wholeNumber()
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
    (draft, line) => {
      if (draft.isChunked || !line.isValue('chunked')) draft.isMalformed = true
      draft.isChunked = true
      return true
    },
  ],
  [
    'connection',
    (draft, line) => {
      if (line.isValue('keep-alive')) draft.keepAlive = true
      else if (line.isValue('close')) draft.keepAlive = false
      else readConnection(draft, listMembers(line.value()))
      return true
    },
  ],
  [
    'keep-alive',
    (draft, line) => {
      const seconds = /timeout=(\d{1,6})/i.exec(line.value())?.[1]
      if (seconds !== undefined) draft.keepAliveMs = Number(seconds) * 1_000
      return true
    },
  ],
  [
    'upgrade',
    (draft, line) => {
      draft.upgrade = line.value()
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

const finish = (draft: Draft, message: Outgoing, method: string): ResponseHead => {
  draft.bodyLength = bodyLengthOf(draft, method)
  if (draft.bodyLength === UNTIL_CLOSE) draft.keepAlive = false
  const unwanted = draft.nominated ?? []
  if (draft.isChunked && draft.contentLength !== undefined) {
    // RFC 9112 6.3: it may be an attempt to split the response. The chunks count, and the connection ends with them.
    draft.keepAlive = false
    unwanted.push('content-length')
  }
  if (unwanted.length > 0) {
    const kept = withoutHeaders(message.said(), unwanted)
    message.begin().text(kept)
  }
  return draft
}

const bodyLengthOf = ({ status, isChunked, contentLength }: Draft, method: string): number => {
  if (method === 'HEAD' || status === 304 || !mayHaveLength(status)) return 0
  if (isChunked) return CHUNKED
  return contentLength ?? UNTIL_CLOSE
}

const mayHaveLength = (status: number): boolean => status >= 200 && status !== 204
