import type { FeedClient } from '#/foundation/feed.ts'
import type { RouterReport } from '#/platform/domain/route-feed.ts'
import type { Meters } from './meters.ts'
import type { DynoObserver, DynoTarget } from './dyno-target.ts'

type Listener = Pick<FeedClient<RouterReport>, 'report' | 'isConnected'>

/** Tells what dynos have served: counters about once in `everyMs`, the end of a drain at once. */
export class Reports implements DynoObserver {
  readonly #everyMs: number
  readonly #meters: Meters
  /** Dynos whose counters have changed since they were told. */
  readonly #untold = new Set<DynoTarget>()
  #left: Iterable<DynoTarget> = []
  #listener: Listener | undefined
  #timer: NodeJS.Timeout | undefined
  #soon: NodeJS.Immediate | undefined

  constructor(everyMs: number, meters: Meters) {
    this.#everyMs = everyMs
    this.#meters = meters
  }

  /** @param left dynos that are out of the table */
  start(left: Iterable<DynoTarget>, listener: Listener): void {
    this.#left = left
    this.#listener = listener
  }

  counted(dyno: DynoTarget): void {
    this.#untold.add(dyno)
    this.#timer ??= setTimeout(() => this.send(), this.#everyMs)
  }

  /** Several that end in one turn of the loop are told together. */
  drained(): void {
    this.#soon ??= setImmediate(() => this.send())
  }

  /** Tells at once. What nobody hears stays untold; whoever connects next is told all of it. */
  send(): void {
    this.#clearTimers()
    if (!this.#listener?.isConnected()) return
    const counters = countersOf(this.#untold)
    this.#listener.report({ draining: this.#draining(), counters })
    for (const dyno of this.#untold) dyno.isTold = true
    this.#untold.clear()
  }

  /** Tells what apps were asked for; more seldom, for there is more to write down. */
  sendMinutes(): void {
    if (!this.#listener?.isConnected() || !this.#meters.hasNews) return
    const { minutes, told } = this.#meters.news()
    this.#listener.report({ draining: this.#draining(), counters: [], minutes })
    told()
  }

  /** For somebody who knows nothing yet. */
  whole(dynos: Iterable<DynoTarget>): RouterReport {
    return { draining: this.#draining(), counters: countersOf(dynos), minutes: this.#meters.all() }
  }

  /** Tells a last time. */
  stop(): void {
    this.send()
    this.sendMinutes()
    this.#clearTimers()
  }

  #clearTimers(): void {
    clearTimeout(this.#timer)
    clearImmediate(this.#soon)
    this.#timer = undefined
    this.#soon = undefined
  }

  #draining(): RouterReport['draining'] {
    return Array.from(this.#left)
      .filter(({ busy }) => busy > 0)
      .map(({ route, busy }) => ({ dynoId: route.id, requests: busy }))
  }
}

const countersOf = (dynos: Iterable<DynoTarget>): RouterReport['counters'] =>
  Array.from(dynos, (dyno) => dyno.counters()).filter(({ served, failed }) => served + failed > 0)
