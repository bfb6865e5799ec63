import { applicationError, badRequest, MAINTENANCE, WELCOME, type Answer } from './answer.ts'
import type { ClientConnection } from './client-connection.ts'
import { DynoSearch } from './dyno-search.ts'
import type { DynoTarget } from './dyno-target.ts'
import { isClientsFault, ROUTER_ERRORS, type RouterErrorCode } from './error-codes.ts'
import { overdue, type Phase } from './exchange-deadlines.ts'
import { composeRequestHead } from './forwarded-heads.ts'
import { READ_BUFFER, relay } from './outgoing.ts'
import type { RequestHead } from './request-head.ts'
import { newRequestId } from './request-id.ts'
import { describeRequest } from './request-log.ts'
import { RequestRelay } from './request-relay.ts'
import { ResponseRelay } from './response-relay.ts'
import type { AppEntry } from './route-table.ts'
import type { Traffic } from './traffic.ts'
import type { UpstreamConnection } from './upstream-connection.ts'

/**
 * One request and its response: finds a dyno, connects or takes a resting connection, passes both on without keeping
 * them, and says in log and counters how it ended.
 */
export class Exchange {
  readonly #client: ClientConnection
  readonly #request: RequestHead
  readonly #entry: AppEntry
  readonly #traffic: Traffic
  readonly #requestId: string
  /** Milliseconds since 1970, and on the monotonic clock. */
  readonly #startedAt = Date.now()
  readonly #startedMs = performance.now()
  readonly #upload: RequestRelay
  readonly #search: DynoSearch
  #phase: Phase = 'connecting'
  /** Since when it is in this phase, and when something last moved; on the router's clock. */
  #phaseAt: number
  #movedAt: number
  #dyno: DynoTarget | undefined
  #upstream: UpstreamConnection | undefined
  #connectStartedAt = 0
  #connectMs: number | undefined
  #response: ResponseRelay | undefined
  /** To the client, by a tunnel or in an answer of the router's own. */
  #otherBytes = 0

  constructor(client: ClientConnection, request: RequestHead, entry: AppEntry, traffic: Traffic) {
    this.#client = client
    this.#request = request
    this.#entry = entry
    this.#traffic = traffic
    this.#requestId = request.requestId || newRequestId()
    this.#upload = new RequestRelay(request.bodyLength)
    this.#search = new DynoSearch(entry, client, traffic)
    this.#phaseAt = this.#movedAt = traffic.clock.now
    entry.busy++
  }

  begin(): void {
    const { route, busy } = this.#entry
    if (route.maintenance) return this.#refuse('H80', MAINTENANCE)
    if (!route.hasRelease) return this.#refuse('H81', WELCOME)
    if (busy > this.#traffic.limits.requestsPerApp) return this.#fail('H11')
    const dyno = this.#search.next()
    if (dyno) this.#assign(dyno)
    else this.#fail(route.crashed ? 'H10' : 'H14')
  }

  /** Takes bytes of the request's body; returns where in `bytes` it ends, or from where it cannot be taken yet. */
  takeRequest(bytes: Buffer, start: number, end: number): number {
    const upstream = this.#upstream
    if (!upstream || this.#phase === 'connecting' || this.#phase === 'over') return start
    this.#movedAt = this.#traffic.clock.now
    if (this.#phase === 'tunnel') {
      if (!relay(upstream.socket, { bytes, start, end })) this.#client.setUploadBlocked(true)
      return end
    }
    const taken = this.#upload.take(upstream.socket, { bytes, start, end })
    if (this.#upload.isMalformed) this.#fail('H26')
    else if (this.#upload.isBlocked) this.#client.setUploadBlocked(true)
    else if (this.#upload.isDone && this.#response?.isDone) this.#finish()
    return taken
  }

  upstreamConnected(): void {
    this.#connectMs = performance.now() - this.#connectStartedAt
    this.#startSending()
    this.#sendHeld()
  }

  takeResponse(bytes: Buffer, start: number, end: number): void {
    this.#movedAt = this.#traffic.clock.now
    const { socket } = this.#client
    if (this.#phase === 'tunnel') {
      this.#otherBytes += end - start
      if (!relay(socket, { bytes, start, end })) this.#upstream?.pause()
      return
    }
    this.#response ??= new ResponseRelay(socket, this.#request, this.#traffic.limits)
    const outcome = this.#response.take({ bytes, start, end }, !this.#traffic.isStopping)
    if (this.#phase === 'waiting' && this.#response.status !== 0) this.#enter('responding')
    if (outcome === 'malformed') this.#fail('H17')
    else if (outcome === 'slow') this.#upstream?.pause()
    else if (outcome === 'switched') this.#openTunnel()
    else if (outcome === 'done') this.#responseDone(this.#response)
  }

  upstreamDrained(): void {
    this.#movedAt = this.#traffic.clock.now
    this.#upload.isBlocked = false
    this.#client.setUploadBlocked(false)
  }

  clientDrained(): void {
    this.#movedAt = this.#traffic.clock.now
    this.#upstream?.resume()
  }

  /** The dyno has said all it will say. */
  upstreamEnded(): void {
    this.#response?.upstreamEnded()
    if (this.#response?.isDone) this.#finish()
    else this.upstreamGone(undefined)
  }

  upstreamGone(error: Error | undefined): void {
    this.#upstream?.destroy() // also from what else it may have to say
    switch (this.#phase) {
      case 'connecting':
        return this.#connectFailed(error)
      case 'waiting':
        return this.#lostWhileWaiting()
      case 'responding':
        return this.#response?.isDone ? this.#finish() : this.#fail('H18')
      case 'tunnel':
        return this.#finish()
      case 'over':
    }
  }

  clientGone(): void {
    if (this.#phase === 'over') return
    if (this.#phase === 'tunnel' || this.#response?.isDone) this.#finish()
    else this.#fail('H27')
  }

  /** The router ends, and cannot wait any longer. */
  cut(): void {
    if (this.#phase === 'tunnel' || this.#response?.isDone) this.#finish()
    else this.#fail('H24')
  }

  /** The router itself is at fault. */
  broke(error: unknown): void {
    this.#traffic.log.error({ err: error }, 'an exchange failed')
    this.#fail('H99')
  }

  check(now: number): void {
    const standing = {
      phase: this.#phase,
      inPhaseMs: now - this.#phaseAt,
      stillMs: now - this.#movedAt,
      isClientsTurn: !this.#upload.isDone && !this.#upload.isBlocked,
      uploadedBytes: this.#upload.bodyBytes,
      isClientSlow: this.#client.socket.writableLength > 0,
    }
    const code = overdue(standing, this.#traffic.limits)
    if (code === undefined) return
    if (this.#response?.isDone) this.#finish()
    else if (code === 'H19') this.#tryAnother(code)
    else this.#fail(code)
  }

  #assign(dyno: DynoTarget): void {
    const { limits } = this.#traffic
    this.#dyno = dyno
    dyno.begin()
    if (dyno.busy > limits.requestsPerDyno) return this.#fail('H22')
    const maxIdleMs = this.#isRepeatable()
      ? limits.upstreamIdleMs
      : limits.upstreamIdleUnrepeatableMs
    this.#upstream = dyno.pool.take(maxIdleMs)
    if (this.#upstream) {
      this.#upstream.exchange = this
      this.#connectMs = 0
      return this.#startSending()
    }
    this.#enter('connecting')
    this.#connectStartedAt = performance.now()
    this.#upstream = dyno.pool.open(this)
  }

  #isRepeatable(): boolean {
    return this.#request.bodyLength === 0 && REPEATABLE_METHODS.includes(this.#request.method)
  }

  /** The head goes with the first bytes of the body, or by itself if there are none yet. */
  #startSending(): void {
    this.#enter('waiting')
    this.#upload.begin(
      composeRequestHead(this.#request, this.#client, {
        requestId: this.#requestId,
        startedAt: this.#startedAt,
      }),
    )
  }

  #sendHeld(): void {
    this.#client.releaseHeld()
    if (this.#upload.isHeadDue) this.takeRequest(READ_BUFFER, 0, 0)
  }

  #openTunnel(): void {
    this.#enter('tunnel')
    this.#client.releaseHeld()
  }

  /** The dyno may answer before it has the whole body, and yet want it. */
  #responseDone({ mustClose }: ResponseRelay): void {
    if (this.#upload.isDone || mustClose) this.#finish()
  }

  #connectFailed(error: Error | undefined): void {
    const code = error && 'code' in error ? String(error.code) : ''
    if (OUR_OWN_FAULT.includes(code)) this.#fail('H99')
    else if (code === 'ETIMEDOUT') this.#tryAnother('H19')
    else this.#tryAnother(this.#entry.route.crashed ? 'H10' : 'H21')
  }

  /** Nothing of the request has been sent: another dyno may have it, whatever its method. */
  #tryAnother(code: RouterErrorCode): void {
    this.#upstream?.destroy()
    this.#moveTo(this.#dyno && this.#search.another(this.#dyno), code)
  }

  /** A connection that had rested was closed as the request went out: nobody's fault, if it can be sent again. */
  #lostWhileWaiting(): void {
    if (this.#response) return this.#fail('H18')
    if (!this.#upstream?.isReused || !this.#isRepeatable()) return this.#fail('H13')
    this.#dyno?.pool.closeResting()
    this.#moveTo(this.#search.next(), 'H13')
  }

  #moveTo(next: DynoTarget | undefined, code: RouterErrorCode): void {
    if (!next) return this.#fail(code)
    this.#dyno?.release()
    this.#assign(next)
    if (this.#phase === 'waiting') this.#sendHeld()
  }

  /** Ends the exchange with the response whole. */
  #finish(): void {
    const tookMs = performance.now() - this.#startedMs
    const isTunnel = this.#phase === 'tunnel'
    this.#end()
    this.#leaveUpstream(isTunnel)
    if (this.#dyno) {
      this.#dyno.served(isTunnel ? undefined : tookMs)
      this.#client.answeredBy(this.#entry.route.id, this.#dyno.route.releaseVersion)
    }
    this.#log(undefined, this.#response?.status ?? 0, tookMs)
    const keepAlive = this.#upload.isDone && !isTunnel && this.#response?.keepAlive === true
    this.#client.exchangeOver(keepAlive, !this.#upload.isDone)
  }

  #leaveUpstream(isTunnel: boolean): void {
    const upstream = this.#upstream
    if (isTunnel) return upstream?.close()
    const restMs = this.#upload.isDone ? (this.#response?.upstreamRestMs ?? 0) : 0
    if (restMs > 0 && this.#dyno?.leftAt === undefined) upstream?.rest(restMs)
    else upstream?.destroy()
  }

  /** Ends the exchange with an error of the router's own. */
  #fail(code: RouterErrorCode): void {
    if (code === 'H26') this.#refuse(code, badRequest(400))
    else if (code === 'H28') this.#refuse(code, badRequest(408))
    else this.#refuse(code, applicationError(ROUTER_ERRORS[code].status))
  }

  /** The answer is for a client that is there and has got nothing yet; one that has must see that it is not whole. */
  #refuse(code: RouterErrorCode, answer: Answer): void {
    if (this.#phase === 'over') return
    const tookMs = performance.now() - this.#startedMs
    const hasBegun = this.#response !== undefined && this.#response.status !== 0
    this.#end()
    this.#upstream?.destroy()
    if (isClientsFault(code)) this.#dyno?.release()
    else this.#dyno?.failed()
    if (code === 'H27' || hasBegun) this.#client.destroy()
    else this.#otherBytes += this.#client.answer(answer, this.#request)
    this.#log(code, ROUTER_ERRORS[code].status, tookMs)
  }

  #end(): void {
    this.#enter('over')
    this.#entry.busy--
  }

  #enter(phase: Phase): void {
    this.#phase = phase
    this.#phaseAt = this.#movedAt = this.#traffic.clock.now
  }

  #log(code: RouterErrorCode | undefined, status: number, tookMs: number): void {
    const { id } = this.#entry.route
    const text = describeRequest(this.#request, this.#client.origin, {
      code,
      requestId: this.#requestId,
      dyno: this.#dyno?.route.name ?? '',
      connectMs: this.#connectMs,
      serviceMs: this.#dyno ? tookMs - (this.#connectMs ?? 0) : undefined,
      status,
      bytes: (this.#response?.sentBytes ?? 0) + this.#otherBytes,
    })
    const at = this.#startedAt + tookMs
    this.#traffic.meters.count(id, status, this.#dyno && status !== 101 ? tookMs : undefined, at)
    this.#traffic.append(id, { at, source: 'heroku', dyno: 'router', text })
  }
}

/** RFC 9110 9.2.2: these may be sent a second time if the first came to nothing. */
const REPEATABLE_METHODS = ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']

/** The router lacks descriptors, ports or memory: no dyno is to blame. */
const OUR_OWN_FAULT = ['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'EAGAIN', 'ENOBUFS', 'ENOMEM']
