import {
  badRequest,
  composeAnswer,
  NO_SUCH_APP,
  NO_TABLE_YET,
  TOO_MANY_REQUESTS,
  type Answer,
} from './answer.ts'
import type { Visitor } from './crowd.ts'
import { Exchange } from './exchange.ts'
import { straightHeaders, type Origin } from './forwarded-heads.ts'
import { HeadReader } from './head-reader.ts'
import { CR, LF } from './octets.ts'
import { keep } from './outgoing.ts'
import { Refusal } from './refusal.ts'
import { readRequestHead, type RequestHead } from './request-head.ts'
import type { Traffic } from './traffic.ts'
import { noteUnserved } from './unserved.ts'
import type { Wire, WireUser } from './wire.ts'

/** Who came, and how. */
type Arrival = { wire: Wire; origin: Origin; visitor: Visitor }

const NOBODY = { appId: '', release: 0 }

type State = 'fresh' | 'resting' | 'reading head' | 'lingering' | 'closing' | 'closed'

/**
 * A client's connection, HTTP/1.0 or 1.1: reads one head after another and starts an exchange for each; what
 * comes in meanwhile is held, and no more is read, until its turn comes.
 */
export class ClientConnection implements WireUser {
  readonly wire: Wire
  readonly origin: Origin
  readonly visitor: Visitor
  readonly straightHeaders: string
  /** In the roster of its door. */
  place = -1
  /** Of the last app that answered here: the newest of its releases that did. */
  newest = NOBODY
  readonly #traffic: Traffic
  readonly #left: (connection: ClientConnection) => void
  #exchange: Exchange | undefined
  /** A head that has not come whole. */
  #partial: Buffer | undefined
  /** Bytes behind the request under way, or of its body while nobody takes them. */
  #held: Buffer | undefined
  #state: State = 'fresh'
  /** When the state began, on the router's clock. */
  #since: number
  #isReading = true
  #isUploadBlocked = false
  /** Answers wait to be sent: the client does not read them. */
  #isClogged = false
  #isPumping = false

  /** @param left called when the connection is no more */
  constructor(
    { wire, origin, visitor }: Arrival,
    traffic: Traffic,
    left: (connection: ClientConnection) => void,
  ) {
    this.wire = wire
    this.origin = origin
    this.visitor = visitor
    this.straightHeaders = straightHeaders(origin)
    this.#traffic = traffic
    this.#left = left
    this.#since = traffic.clock.now
    wire.begin(this)
  }

  received(bytes: Buffer, length: number): void {
    try {
      this.#receive(bytes, 0, length)
    } catch (error) {
      this.#traffic.log.error({ err: error }, 'a client connection failed')
      this.destroy()
    }
  }

  answeredBy(appId: string, release: number): void {
    if (this.newest.appId !== appId || this.newest.release < release)
      this.newest = { appId, release }
  }

  /** The dyno takes more of the body, or not. */
  setUploadBlocked(isBlocked: boolean): void {
    this.#isUploadBlocked = isBlocked
    this.#adjustReading()
  }

  /** Gives what is held to the exchange, which takes it now. */
  releaseHeld(): void {
    const held = this.#held
    if (!held || !this.#exchange) return
    this.#held = undefined
    const taken = this.#exchange.takeRequest(held, 0, held.length)
    if (taken < held.length) this.#hold(held, taken, held.length)
    this.#adjustReading()
  }

  /** Sends an answer of the router's own; returns its length in bytes. */
  answer(answer: Answer, request: RequestHead | undefined): number {
    const mayFollow = request !== undefined && request.keepAlive && request.bodyLength === 0
    const keepAlive = mayFollow && !this.#traffic.stopping
    const restMs = keepAlive ? this.#traffic.limits.promisedRestMs : 0
    const text = composeAnswer(answer, { method: request?.method ?? 'GET', restMs })
    this.wire.writeText(text)
    this.exchangeOver(keepAlive, request?.bodyLength !== 0 || request === undefined)
    return text.length
  }

  /**
   * The exchange is over.
   * @param hasMore the client may still be sending the body of this request
   */
  exchangeOver(keepAlive: boolean, hasMore: boolean): void {
    this.#exchange = undefined
    this.#isUploadBlocked = false
    if (!keepAlive) return this.#close(hasMore)
    this.#enter('resting')
    if (this.#held) this.#pump()
    else this.#adjustReading()
  }

  /** Ends the connection at once, and what is under way on it. */
  destroy(): void {
    const exchange = this.#exchange
    this.#exchange = undefined
    this.wire.close()
    exchange?.clientGone()
  }

  /** Ends what is under way with an error of the platform's. */
  cut(): void {
    if (this.#exchange) this.#exchange.cut()
    else this.destroy()
  }

  check(now: number): void {
    if (this.#exchange) return this.#exchange.check(now)
    if (now - this.#since < this.#limitMs()) return
    if (this.#state === 'reading head' || this.#partial) this.#refuse(408)
    else if (this.#state === 'resting' || this.#state === 'fresh') this.#close(false)
    else this.destroy()
  }

  /** How long the state may last. */
  #limitMs(): number {
    const { limits, stopping } = this.#traffic
    switch (this.#state) {
      case 'resting':
        return stopping?.restMs ?? limits.keepAliveMs
      case 'lingering':
        return limits.lingerMs
      case 'closing':
        return limits.idleMs
      case 'fresh':
        return stopping && !this.#partial ? stopping.restMs : limits.headMs
      case 'reading head':
        return limits.headMs
      case 'closed':
        return Infinity
    }
  }

  #receive(bytes: Buffer, start: number, end: number): void {
    if (this.#isEnding()) return
    if (!this.#exchange && this.wire.isFull) return this.#hold(bytes, start, end)
    if (!this.#exchange) return this.#readHead(bytes, start, end)
    const taken = this.#exchange.takeRequest(bytes, start, end)
    if (taken < end) this.#hold(bytes, taken, end)
  }

  #readHead(bytes: Buffer, begin: number, end: number): void {
    const before = this.#partial
    if (before) {
      this.#partial = undefined
      const whole = Buffer.concat([before, bytes.subarray(begin, end)])
      return this.#readHead(whole, 0, whole.length)
    }
    const { limits } = this.#traffic
    const start = begin + emptyLineAt(bytes, begin, end)
    const mostEnd = Math.min(end, start + limits.requestHeadBytes)
    const reader = new HeadReader({ bytes, start, end: mostEnd })
    const request = readRequestHead(reader, limits)
    if (request === undefined) return this.#awaitRest(bytes, start, end)
    if (request instanceof Refusal) return this.#refuse(request.status, request)
    this.#begin(request, bytes, reader.lineEnd, end)
  }

  #awaitRest(bytes: Buffer, start: number, end: number): void {
    if (start === end) return
    if (end - start > this.#traffic.limits.requestHeadBytes) return this.#refuse(431)
    this.#partial = Buffer.from(bytes.subarray(start, end))
    if (this.#state === 'resting') this.#enter('reading head')
  }

  #refuse(status: number, { request, cause }: Partial<Refusal> = {}): void {
    const bytes = this.answer(badRequest(status), undefined)
    if (request && cause !== undefined)
      noteUnserved(this.#traffic, request, this.origin, { code: 'H26', cause, status, bytes })
  }

  #begin(request: RequestHead, bytes: Buffer, start: number, end: number): void {
    const { table, limits, clock } = this.#traffic
    if (!this.visitor.isTrusted && !this.visitor.asked.take(clock.now, limits.requestsPerAddress)) {
      const bytes = this.answer(TOO_MANY_REQUESTS, undefined)
      return noteUnserved(this.#traffic, request, this.origin, { status: 429, bytes })
    }
    const entry = table.find(request.host)
    if (!entry) {
      this.answer(table.number === -1 ? NO_TABLE_YET : NO_SUCH_APP, request)
      if (start < end) this.#hold(bytes, start, end)
      return
    }
    const exchange = new Exchange(this, request, entry, this.#traffic)
    this.#exchange = exchange
    exchange.begin()
    const taken = this.#exchange === exchange ? exchange.takeRequest(bytes, start, end) : start
    if (taken < end) this.#hold(bytes, taken, end)
  }

  #hold(bytes: Buffer, start: number, end: number): void {
    if (this.#isEnding()) return
    this.#held = keep({ bytes, start, end })
    this.#adjustReading()
    this.#pump()
  }

  /** Serves the requests that are held already, one after the other. */
  #pump(): void {
    if (this.#isPumping) return
    this.#isPumping = true
    while (this.#held && !this.#exchange && this.#state === 'resting') {
      // A client that sends requests and reads no answers must not fill the memory with them.
      this.#isClogged = this.wire.isFull
      if (this.#isClogged) break
      const held = this.#held
      this.#held = undefined
      this.#readHead(held, 0, held.length)
    }
    this.#isPumping = false
    this.#adjustReading()
  }

  #adjustReading(): void {
    const isWanted = this.#held === undefined && !this.#isUploadBlocked
    if (isWanted === this.#isReading) return
    this.#isReading = isWanted
    if (isWanted) this.wire.resume()
    else this.wire.pause()
  }

  drained(): void {
    this.#exchange?.clientDrained()
    if (this.#isClogged) this.#pump()
  }

  #isEnding(): boolean {
    return this.#state === 'lingering' || this.#state === 'closing' || this.#state === 'closed'
  }

  #enter(state: State): void {
    this.#state = state
    this.#since = this.#traffic.clock.now
  }

  /** @param isSending the client may still be sending; to close now would reset the connection and lose the answer */
  #close(isSending: boolean): void {
    this.#held = undefined
    this.#partial = undefined
    this.#enter(isSending ? 'lingering' : 'closing')
    if (isSending) this.wire.end()
    else this.wire.finish()
    this.#adjustReading()
  }

  /** The client sends no more. Like most servers the router takes that for the end of its interest, too. */
  ended(): void {
    if (this.#state === 'closing') return
    if (this.#exchange || this.#state === 'lingering') this.destroy()
    else this.#close(false)
  }

  closed(): void {
    this.#state = 'closed'
    this.destroy()
    this.#left(this)
  }
}

/** RFC 9112 2.2: an empty line before the request line is forgiven. Returns its length, or 0. */
const emptyLineAt = (bytes: Buffer, start: number, end: number): number =>
  end - start >= 2 && bytes[start] === CR && bytes[start + 1] === LF ? 2 : 0
