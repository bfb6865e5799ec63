import type { Exchange } from './exchange.ts'
import type { UpstreamPool } from './upstream-pool.ts'
import { TcpWire, type WireUser } from './wire.ts'

/** A connection to a dyno: it serves one exchange after another and rests in its pool in between. */
export class UpstreamConnection implements WireUser {
  readonly wire: TcpWire
  /** The exchange it serves; undefined while it rests. */
  exchange: Exchange | undefined
  /** It has served an exchange before, so it may be one that the dyno is just closing. */
  isReused = false
  restingSince = 0
  maxIdleMs = 0
  readonly #pool: UpstreamPool
  #isPaused = false

  constructor(pool: UpstreamPool, address: { host: string; port: number }, exchange: Exchange) {
    this.#pool = pool
    this.exchange = exchange
    this.wire = TcpWire.connect(address, this, () => this.exchange?.upstreamConnected())
  }

  /** Reads no more until `resume`: the client is slower than the dyno. */
  pause(): void {
    this.#isPaused = true
    this.wire.pause()
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.wire.resume()
  }

  /** Gives it back to rest until the next exchange. */
  rest(maxIdleMs: number): void {
    if (this.wire.isClosed) return
    this.resume()
    this.exchange = undefined
    this.isReused = true
    this.maxIdleMs = maxIdleMs
    this.#pool.put(this)
  }

  destroy(): void {
    this.exchange = undefined
    this.wire.close()
  }

  /** Closes it once what was written has been sent. */
  close(): void {
    this.exchange = undefined
    this.wire.finish()
  }

  received(bytes: Buffer, length: number): void {
    const { exchange } = this
    if (!exchange) return this.closed(undefined) // a dyno that speaks without being asked
    try {
      exchange.takeResponse(bytes, 0, length)
    } catch (error) {
      exchange.broke(error)
    }
  }

  drained(): void {
    this.exchange?.upstreamDrained()
  }

  ended(): void {
    if (this.exchange) this.exchange.upstreamEnded()
    else this.closed(undefined)
  }

  closed(code: string | undefined): void {
    const { exchange } = this
    this.exchange = undefined
    this.wire.close()
    if (exchange) exchange.upstreamGone(code)
    else this.#pool.forget(this)
  }
}
