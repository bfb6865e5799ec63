import type { DynoCounters, RouteDyno } from '#/platform/domain/route-feed.ts'
import { UpstreamPool } from './upstream-pool.ts'
import type { Clock } from './clock.ts'

/** What a dyno tells of itself to those who report. */
export type DynoObserver = {
  /** Its counters have changed for the first time since they were told. */
  counted: (dyno: DynoTarget) => void
  /** Its last request ended, and it is out of the table. */
  drained: (dyno: DynoTarget) => void
}

/** A dyno that takes requests, or took them and still has some under way. */
export class DynoTarget {
  route: RouteDyno
  pool: UpstreamPool
  /** Requests and tunnels under way. */
  busy = 0
  /** It is passed over until then (on the router's clock), having refused a connection. */
  refusedUntil = 0
  /** When it left the table, on the router's clock. */
  leftAt: number | undefined
  /** Its counters, as they are, have been reported. */
  isTold = true
  readonly #counters: DynoCounters
  readonly #observer: DynoObserver
  readonly #clock: Clock

  constructor(route: RouteDyno, clock: Clock, observer: DynoObserver) {
    this.route = route
    this.pool = new UpstreamPool(route, clock)
    this.#clock = clock
    this.#observer = observer
    this.#counters = {
      dynoId: route.id,
      deployId: route.deployId,
      releaseVersion: route.releaseVersion,
      served: 0,
      drained: 0,
      failed: 0,
      longestMs: 0,
      longestDrainedMs: 0,
    }
  }

  /** Takes over a new row of the table. */
  update(route: RouteDyno): void {
    const isSame =
      this.leftAt === undefined && route.host === this.route.host && route.port === this.route.port
    this.route = route
    this.leftAt = undefined
    if (isSame) return
    this.pool.close()
    this.pool = new UpstreamPool(route, this.#clock)
    this.refusedUntil = 0
  }

  /** It is out of the table: what is under way ends, connections at rest are closed. */
  leave(): void {
    this.leftAt = this.#clock.now
    this.pool.close()
  }

  begin(): void {
    this.busy++
  }

  /** The request went elsewhere, or came to nothing by the client's fault. */
  release(): void {
    this.busy--
    if (this.busy === 0 && this.leftAt !== undefined) this.#observer.drained(this)
  }

  /** @param tookMs undefined for what has no duration worth telling, such as a WebSocket */
  served(tookMs: number | undefined): void {
    const counters = this.#counters
    counters.served++
    if (this.leftAt !== undefined) counters.drained++
    if (tookMs !== undefined) {
      if (tookMs > counters.longestMs) counters.longestMs = tookMs
      if (this.leftAt !== undefined && tookMs > counters.longestDrainedMs)
        counters.longestDrainedMs = tookMs
    }
    this.#count()
    this.release()
  }

  failed(): void {
    this.#counters.failed++
    this.#count()
    this.release()
  }

  counters(): DynoCounters {
    return { ...this.#counters }
  }

  #count(): void {
    if (!this.isTold) return
    this.isTold = false
    this.#observer.counted(this)
  }
}
