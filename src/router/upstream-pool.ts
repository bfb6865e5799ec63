import type { Clock } from './clock.ts'
import { UpstreamConnection } from './upstream-connection.ts'
import type { Exchange } from './exchange.ts'

/** The router's resting connections to one dyno. The one used last is used first, so that the others can go. */
export class UpstreamPool {
  readonly #address: { host: string; port: number }
  readonly #clock: Clock
  readonly #resting: UpstreamConnection[] = []
  #isClosed = false

  constructor(address: { host: string; port: number }, clock: Clock) {
    this.#address = address
    this.#clock = clock
  }

  /** A connection that has rested for less than `maxIdleMs`, if there is one. */
  take(maxIdleMs: number): UpstreamConnection | undefined {
    const youngest = this.#resting.at(-1)
    if (
      !youngest ||
      this.#clock.now - youngest.restingSince >= Math.min(maxIdleMs, youngest.maxIdleMs)
    )
      return undefined
    this.#resting.pop()
    return youngest
  }

  open(exchange: Exchange): UpstreamConnection {
    return new UpstreamConnection(this, this.#address, exchange)
  }

  put(connection: UpstreamConnection): void {
    if (this.#isClosed) return connection.destroy()
    if (this.#resting.length === 0) this.#clock.watched.add(this)
    connection.restingSince = this.#clock.now
    this.#resting.push(connection)
  }

  /** A resting connection was closed by the dyno. */
  forget(connection: UpstreamConnection): void {
    const at = this.#resting.lastIndexOf(connection)
    if (at !== -1) this.#resting.splice(at, 1)
  }

  /** Closes all that rest, and those in use once they come back. */
  close(): void {
    this.#isClosed = true
    this.closeResting()
  }

  closeResting(): void {
    for (const connection of this.#resting.splice(0)) connection.destroy()
  }

  /** Closes what has rested too long; those that rest longest are in front. */
  check(now: number): void {
    const kept = this.#resting.findIndex(
      ({ restingSince, maxIdleMs }) => now - restingSince < maxIdleMs,
    )
    for (const connection of this.#resting.splice(0, kept === -1 ? this.#resting.length : kept))
      connection.destroy()
    if (this.#resting.length === 0) this.#clock.watched.delete(this)
  }
}
