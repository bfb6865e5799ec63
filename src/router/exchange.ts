import { applicationError, badRequest, maintenance, WELCOME, type Answer } from './answer.ts'
import { affinityLine, preferredDyno, turnedAway, type Rules } from './app-rules.ts'
import type { ClientConnection } from './client-connection.ts'
import { DynoSearch } from './dyno-search.ts'
import type { DynoTarget } from './dyno-target.ts'
import { isClientsFault, ROUTER_ERRORS, type RouterErrorCode } from './error-codes.ts'
import { overdue, type Phase } from './exchange-deadlines.ts'
import { composeRequestHead } from './forwarded-heads.ts'
import { relay, type Stretch } from './outgoing.ts'
import type { RequestHead } from './request-head.ts'
import { newRequestId } from './request-id.ts'
import { describeRequest, type Verdict } from './request-log.ts'
import { RequestRelay } from './request-relay.ts'
import { ResponseRelay } from './response-relay.ts'
import type { AppEntry, Waiting } from './route-table.ts'
import type { Traffic } from './traffic.ts'
import { Tunnel } from './tunnel.ts'
import type { UpstreamConnection } from './upstream-connection.ts'
import { READ_BUFFER } from './wire.ts'

/**
 * One request and its response: finds a dyno, connects or takes a resting connection, passes both on without keeping
 * them, and says in log and counters how it ended.
 */
export class Exchange implements Waiting {
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
  /** When it began, since when it is in this phase, and when something last moved; on the router's clock. */
  readonly #beganAt: number
  #phaseAt: number
  #movedAt: number
  #dyno: DynoTarget | undefined
  #upstream: UpstreamConnection | undefined
  #connectStartedAt = 0
  #connectMs: number | undefined
  #response: ResponseRelay | undefined
  /** The dyno that the client would like to have again. */
  #preferred = ''
  #tunnel: Tunnel | undefined
  /** To the client, in an answer of the router's own. */
  #ownBytes = 0

  constructor(client: ClientConnection, request: RequestHead, entry: AppEntry, traffic: Traffic) {
    this.#client = client
    this.#request = request
    this.#entry = entry
    this.#traffic = traffic
    this.#requestId = request.requestId || newRequestId()
    this.#upload = new RequestRelay(request.bodyLength)
    this.#search = new DynoSearch(entry, client, traffic)
    this.#beganAt = this.#phaseAt = this.#movedAt = traffic.clock.now
    entry.busy++
  }

  begin(): void {
    const { route, busy, rules } = this.#entry
    if (rules !== undefined && !this.#mayGoOn(rules)) return
    if (route.maintenance) return this.#refuse('H80', maintenance(route.maintenancePageUrl))
    if (!route.hasRelease) return this.#refuse('H81', WELCOME)
    if (busy > (route.requestLimit ?? this.#traffic.limits.requestsPerApp)) return this.#fail('H11')
    const dyno = this.#search.next()
    if (dyno) this.#assign(dyno)
    else if (route.isStarting) this.#queue()
    else this.#fail(route.crashed ? 'H10' : 'H14')
  }

  /** The app has changed while the request waits for a dyno of it. */
  lookAgain(): void {
    const { route } = this.#entry
    if (route.maintenance) return this.#refuse('H80', maintenance(route.maintenancePageUrl))
    const dyno = this.#search.next()
    if (!dyno) return route.isStarting ? undefined : this.#fail(route.crashed ? 'H10' : 'H14')
    this.#entry.waiting.delete(this)
    this.#give(dyno)
  }

  /** Takes bytes of the request's body; returns where in `bytes` it ends, or from where it cannot be taken yet. */
  takeRequest(bytes: Buffer, start: number, end: number): number {
    const upstream = this.#upstream
    if (!upstream || this.#phase === 'connecting' || this.#phase === 'over') return start
    this.#movedAt = this.#traffic.clock.now
    if (this.#phase === 'tunnel') {
      if (!relay(upstream.wire, { bytes, start, end })) this.#client.setUploadBlocked(true)
      return end
    }
    const taken = this.#upload.take(upstream.wire, { bytes, start, end })
    if (this.#upload.isMalformed) this.#fail('H26', 'bad chunk')
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
    if (this.#tunnel) return this.#passOn(this.#tunnel, { bytes, start, end })
    this.#response ??= this.#newResponse()
    const outcome = this.#response.take({ bytes, start, end }, !this.#traffic.stopping)
    if (this.#phase === 'waiting' && this.#response.status !== 0) this.#enter('responding')
    if (outcome === 'malformed') this.#fail('H17')
    else if (outcome === 'restricted') this.#fail('H25', this.#response.restriction)
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

  /** @param code of the system's error, if there was one */
  upstreamGone(code: string | undefined): void {
    this.#upstream?.destroy() // also from what else it may have to say
    switch (this.#phase) {
      case 'connecting':
        return this.#connectFailed(code)
      case 'waiting':
        return this.#lostWhileWaiting()
      case 'responding':
        return this.#response?.isDone ? this.#finish() : this.#fail('H18')
      case 'tunnel':
        return this.#finish()
      case 'queued':
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
    this.#tunnel?.sayGoodbye(this.#traffic.clock.now)
    if (this.#phase === 'tunnel' || this.#response?.isDone) this.#finish()
    else this.#fail('H24')
  }

  /** The router itself is at fault. */
  broke(error: unknown): void {
    this.#traffic.log.error({ err: error }, 'an exchange failed')
    this.#fail('H99')
  }

  check(now: number): void {
    const { stopping, limits } = this.#traffic
    if (stopping && now - Math.max(stopping.since, this.#beganAt) >= limits.drainMs)
      return this.cut()
    if (this.#tunnel) this.#watchDrain(this.#tunnel, now)
    const standing = {
      phase: this.#phase,
      inPhaseMs: now - this.#phaseAt,
      stillMs: now - this.#movedAt,
      isClientsTurn: !this.#upload.isDone && !this.#upload.isBlocked && !this.#isLeaveAwaited(),
      uploadedBytes: this.#upload.bodyBytes,
      isClientSlow: this.#client.wire.unsentBytes > 0,
    }
    const code = overdue(standing, limits)
    if (code === undefined) return
    if (this.#response?.isDone) this.#finish()
    else if (code === 'H19') this.#tryAnother(code)
    else this.#fail(code)
  }

  /** @returns false if it was answered */
  #mayGoOn(rules: Rules): boolean {
    const { origin } = this.#client
    const { securePort } = this.#traffic
    const realm = this.#entry.route.appName
    const answer = turnedAway(rules, this.#request, { realm, origin, securePort })
    if (answer) this.#refuse(undefined, answer)
    else if (rules.hasAffinity) {
      this.#preferred = preferredDyno(this.#request)
      this.#search.prefer(this.#preferred)
    }
    return answer === undefined
  }

  /** The client waits to be told to send the body, which is for the dyno to do. */
  #isLeaveAwaited(): boolean {
    return (
      this.#request.expectsContinue &&
      this.#upload.bodyBytes === 0 &&
      this.#response?.hasContinued !== true
    )
  }

  #newResponse(): ResponseRelay {
    const response = new ResponseRelay(this.#client.wire, this.#request, this.#traffic.limits)
    const dynoId = this.#dyno?.route.id ?? ''
    if (this.#entry.rules?.hasAffinity && dynoId !== this.#preferred)
      response.extraLine = affinityLine(dynoId, this.#client.origin)
    return response
  }

  #passOn(tunnel: Tunnel, stretch: Stretch): void {
    if (!tunnel.pass(stretch)) this.#upstream?.pause()
    if (tunnel.hasSaidGoodbye) this.#upstream?.resume()
  }

  /** A WebSocket is told to close before the dyno that it leads to is. */
  #watchDrain(tunnel: Tunnel, now: number): void {
    if (this.#phase !== 'tunnel') return
    const drainMs = this.#entry.route.drainMs ?? this.#traffic.limits.dynoDrainMs
    if (tunnel.watchDrain(now, this.#dyno?.leftAt, drainMs)) this.#finish()
    else if (tunnel.hasSaidGoodbye) this.#upstream?.resume()
  }

  /** The app's dynos are starting; the body, if any, stays with the client meanwhile. */
  #queue(): void {
    this.#enter('queued')
    this.#entry.waiting.add(this)
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
    const said = this.#response?.switched
    const { upgrade } = this.#request
    if (said) this.#tunnel = new Tunnel(this.#client.wire, { upgrade, said })
    this.#client.releaseHeld()
  }

  /** The dyno may answer before it has the whole body, and yet want it. */
  #responseDone({ mustClose }: ResponseRelay): void {
    if (this.#upload.isDone || mustClose) this.#finish()
  }

  #connectFailed(code = ''): void {
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
    this.#give(next)
  }

  /** What has been held of the request goes with it. */
  #give(dyno: DynoTarget): void {
    this.#assign(dyno)
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
    this.#log({ status: this.#response?.status ?? 0 }, tookMs)
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
  #fail(code: RouterErrorCode, cause?: string): void {
    if (code === 'H26') this.#refuse(code, badRequest(400), cause)
    else if (code === 'H28') this.#refuse(code, badRequest(408))
    else {
      const { errorPageUrl } = this.#entry.route
      this.#refuse(code, applicationError(ROUTER_ERRORS[code].status, errorPageUrl), cause)
    }
  }

  /**
   * The answer is for a client that is there and has got nothing yet; one that has must see that it is not whole.
   * @param code undefined: nothing is wrong
   */
  #refuse(code: RouterErrorCode | undefined, answer: Answer, cause?: string): void {
    if (this.#phase === 'over') return
    const tookMs = performance.now() - this.#startedMs
    const hasBegun = this.#response !== undefined && this.#response.status !== 0
    this.#end()
    this.#upstream?.destroy()
    if (code === undefined || isClientsFault(code)) this.#dyno?.release()
    else this.#dyno?.failed()
    if (code === 'H27' || hasBegun) this.#client.destroy()
    else this.#ownBytes = this.#client.answer(answer, this.#request)
    const status = code === undefined ? answer.status : ROUTER_ERRORS[code].status
    this.#log({ code, cause, status }, tookMs)
  }

  #end(): void {
    if (this.#phase === 'queued') this.#entry.waiting.delete(this)
    this.#enter('over')
    this.#entry.busy--
  }

  #enter(phase: Phase): void {
    this.#phase = phase
    this.#phaseAt = this.#movedAt = this.#traffic.clock.now
  }

  #log({ code, cause, status }: Verdict, tookMs: number): void {
    const { id } = this.#entry.route
    const text = describeRequest(this.#request, this.#client.origin, {
      code,
      cause,
      status,
      requestId: this.#requestId,
      dyno: this.#dyno?.route.name ?? '',
      connectMs: this.#connectMs,
      serviceMs: this.#dyno ? tookMs - (this.#connectMs ?? 0) : undefined,
      bytes: (this.#response?.sentBytes ?? 0) + (this.#tunnel?.sentBytes ?? 0) + this.#ownBytes,
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
