import { promiseOf } from './answer.ts'
import { bodyOf, CHUNKED, UNTIL_CLOSE, type Body } from './body-framing.ts'
import { ChunkedDecoder } from './chunked-decoder.ts'
import { endResponseHead } from './forwarded-heads.ts'
import { HeadReader } from './head-reader.ts'
import type { RouterLimits } from './limits.ts'
import { outgoing, relay, type Outgoing, type Stretch } from './outgoing.ts'
import type { RequestHead } from './request-head.ts'
import { readResponseHead, type ResponseHead } from './response-head.ts'
import type { Wire } from './wire.ts'

/** slow: the client does not keep up. switched: what follows is no HTTP. restricted: see `restriction`. */
export type Outcome = 'more' | 'slow' | 'done' | 'switched' | 'malformed' | 'restricted'

/** How the body goes on: in the framing it has, or in one that the client understands. */
type Framing = 'as it is' | 'into chunks' | 'out of chunks'

/** Passes a dyno's response on to a client, head first, then the body. */
export class ResponseRelay {
  /** 0: the client has got nothing of it yet. */
  status = 0
  /** All of it has been passed on. */
  isDone = false
  /** The client's connection can take another request. */
  keepAlive = false
  /** How long the dyno's connection may rest afterwards; 0: it cannot be used again. */
  upstreamRestMs = 0
  /** The client sends the body of its request or not: only the end of the connection tells it from the next request. */
  mustClose = false
  /** A header line more for the client, with its CRLF. */
  extraLine = ''
  /** What the dyno has said behind the head that switched protocols; good until the next read. */
  switched: Stretch | undefined
  /** Why a valid response is not passed on, in Heroku's words. */
  restriction = ''
  /** It has told the client to send the body. */
  hasContinued = false
  /** To the client, heads included. */
  sentBytes = 0
  readonly #client: Wire
  readonly #request: RequestHead
  readonly #limits: RouterLimits
  #partialHead: Buffer | undefined
  #body: Body | undefined
  #framing: Framing = 'as it is'
  #isUntilClose = false
  #interims = 0

  constructor(client: Wire, request: RequestHead, limits: RouterLimits) {
    this.#client = client
    this.#request = request
    this.#limits = limits
  }

  /** @param mayKeepAlive the router will take another request on this connection */
  take(stretch: Stretch, mayKeepAlive: boolean): Outcome {
    if (this.#body) return this.#passBody(this.#body, stretch, undefined)
    const before = this.#partialHead
    if (!before) return this.#readHead(stretch, mayKeepAlive)
    this.#partialHead = undefined
    const whole = Buffer.concat([before, stretch.bytes.subarray(stretch.start, stretch.end)])
    return this.#readHead({ bytes: whole, start: 0, end: whole.length }, mayKeepAlive)
  }

  /** The dyno has closed its side: that ends a body without a length. */
  upstreamEnded(): void {
    if (this.isDone || !this.#isUntilClose) return
    this.isDone = true
    if (this.#framing === 'into chunks') this.#send(outgoing(LAST_CHUNK.length).text(LAST_CHUNK))
  }

  #readHead({ bytes, start, end }: Stretch, mayKeepAlive: boolean): Outcome {
    const message = outgoing(end - start + this.extraLine.length + TAIL_BYTES)
    const reader = new HeadReader({ bytes, start, end })
    const head = readResponseHead(reader, message, this.#request.method)
    if (reader.state === 'malformed') return 'malformed'
    if ((head ? reader.lineEnd : end) - start > this.#limits.responseHeadBytes)
      return this.#restrict('oversized header')
    if (!head) return this.#awaitRest({ bytes, start, end })
    if (head.restriction !== '') return this.#restrict(head.restriction)
    const rest = { bytes, start: reader.lineEnd, end }
    if (head.status === 101) return this.#switchProtocols(head, message, rest)
    if (head.status < 200) return this.#passInterim(head, message, rest, mayKeepAlive)
    this.#settle(head, mayKeepAlive)
    return this.#passBody(this.#bodyFor(head), rest, this.#endHead(head, message))
  }

  #awaitRest({ bytes, start, end }: Stretch): Outcome {
    if (!mayBeHead(bytes, start, end)) return 'malformed'
    this.#partialHead = Buffer.from(bytes.subarray(start, end))
    return 'more'
  }

  #restrict(restriction: string): Outcome {
    this.restriction = restriction
    return 'restricted'
  }

  #switchProtocols(head: ResponseHead, message: Outgoing, rest: Stretch): Outcome {
    if (this.#request.upgrade === '' || head.upgrade === '') return 'malformed'
    this.status = 101
    this.switched = rest
    const lines = `${this.extraLine}Connection: Upgrade\r\nUpgrade: ${head.upgrade}\r\n`
    this.#send(endResponseHead(message, lines).bytes(rest))
    return 'switched'
  }

  /** 100 Continue, 103 Early Hints; HTTP/1.0 knows neither. */
  #passInterim(
    head: ResponseHead,
    message: Outgoing,
    rest: Stretch,
    mayKeepAlive: boolean,
  ): Outcome {
    if (++this.#interims > INTERIMS_LIMIT) return 'malformed'
    if (head.status === 100) this.hasContinued = true
    if (this.#request.minorVersion === 1) endResponseHead(message, '').send(this.#client)
    return rest.start < rest.end ? this.#readHead(rest, mayKeepAlive) : 'more'
  }

  /** What this head decides for both connections. */
  #settle(head: ResponseHead, mayKeepAlive: boolean): void {
    const isHttp11 = this.#request.minorVersion === 1
    this.status = head.status
    this.mustClose = this.#request.expectsContinue && !this.hasContinued
    this.#isUntilClose = head.bodyLength === UNTIL_CLOSE
    if (this.#isUntilClose && isHttp11) this.#framing = 'into chunks'
    if (head.bodyLength === CHUNKED && !isHttp11) this.#framing = 'out of chunks'
    const isEndKnown = head.bodyLength >= 0 || isHttp11
    this.keepAlive = this.#request.keepAlive && isEndKnown && !this.mustClose && mayKeepAlive
    if (head.keepAlive)
      this.upstreamRestMs =
        head.keepAliveMs === undefined
          ? this.#limits.upstreamIdleMs
          : Math.min(this.#limits.upstreamIdleMs, head.keepAliveMs - KEEP_ALIVE_MARGIN_MS)
  }

  #bodyFor({ bodyLength }: ResponseHead): Body {
    this.#body =
      this.#framing === 'out of chunks'
        ? new ChunkedDecoder((data) => {
            this.sentBytes += data.end - data.start
            relay(this.#client, data)
          })
        : bodyOf(bodyLength)
    return this.#body
  }

  #endHead(head: ResponseHead, message: Outgoing): Outgoing {
    const isHttp11 = this.#request.minorVersion === 1
    const framing = head.bodyLength < 0 && isHttp11 ? 'Transfer-Encoding: chunked\r\n' : ''
    const lines = this.extraLine + framing
    if (!this.keepAlive) return endResponseHead(message, `${lines}Connection: close\r\n`)
    const promise = lines + promiseOf(this.#limits.promisedRestMs)
    return endResponseHead(message, isHttp11 ? promise : `${promise}Connection: keep-alive\r\n`)
  }

  /** @param begun the head, to be sent with it */
  #passBody(body: Body, { bytes, start, end }: Stretch, begun: Outgoing | undefined): Outcome {
    if (begun && this.#framing === 'out of chunks') this.#send(begun)
    const at = body.take(bytes, start, end)
    if (body.malformed) return this.#breakOff(begun)
    const isTaken =
      this.#framing === 'out of chunks'
        ? !this.#client.isFull
        : this.#passPart({ bytes, start, end: at }, begun)
    if (!body.done) return isTaken ? 'more' : 'slow'
    this.isDone = true
    if (at < end) this.upstreamRestMs = 0 // the dyno says more than it was asked
    return 'done'
  }

  /** What breaks the rules does not go on, not even to a client that would not mind. */
  #breakOff(begun: Outgoing | undefined): Outcome {
    if (begun && this.sentBytes === 0) this.status = 0
    return 'malformed'
  }

  #passPart(part: Stretch, begun: Outgoing | undefined): boolean {
    const length = part.end - part.start
    if (length === 0) return begun ? this.#send(begun) : true
    const message = begun ?? outgoing(length + CHUNK_FRAME_BYTES)
    if (this.#framing === 'as it is') return this.#send(message.bytes(part))
    return this.#send(
      message
        .text(`${length.toString(16)}\r\n`)
        .bytes(part)
        .text('\r\n'),
    )
  }

  #send(message: Outgoing): boolean {
    this.sentBytes += message.length
    return message.send(this.#client)
  }
}

const INTERIMS_LIMIT = 16
/** The dyno closes after the time it names; by then the router must have stopped using the connection. */
const KEEP_ALIVE_MARGIN_MS = 1_000
const CHUNK_FRAME_BYTES = 32
/** Longest that is put behind a dyno's head, with the frame of a chunk; but for `extraLine`. */
const TAIL_BYTES = 256
const LAST_CHUNK = '0\r\n\r\n'

/** Whatever begins otherwise is no HTTP, and need not be waited for. */
const mayBeHead = (bytes: Buffer, start: number, end: number): boolean =>
  'HTTP/1.'.startsWith(bytes.toString('latin1', start, Math.min(end, start + 7)))
