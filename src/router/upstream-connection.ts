import net from 'node:net'
import type { Exchange } from './exchange.ts'
import { READ_BUFFER } from './outgoing.ts'
import type { UpstreamPool } from './upstream-pool.ts'

/** A connection to a dyno: it serves one exchange after another and rests in its pool in between. */
export class UpstreamConnection {
  readonly socket: net.Socket
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
    this.socket = net.connect({
      host: address.host,
      port: address.port,
      noDelay: true,
      onread: {
        buffer: READ_BUFFER,
        callback: (length) => {
          this.#receive(length)
          return true
        },
      },
    })
    this.socket
      .on('connect', () => this.exchange?.upstreamConnected())
      .on('drain', () => this.exchange?.upstreamDrained())
      .on('end', () => this.#ended())
      .on('error', (error) => this.#gone(error))
      .on('close', () => this.#gone(undefined))
  }

  /** Reads no more until `resume`: the client is slower than the dyno. */
  pause(): void {
    this.#isPaused = true
    this.socket.pause()
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.socket.resume()
  }

  /** Gives it back to rest until the next exchange. */
  rest(maxIdleMs: number): void {
    if (this.socket.destroyed) return
    this.resume()
    this.exchange = undefined
    this.isReused = true
    this.maxIdleMs = maxIdleMs
    this.#pool.put(this)
  }

  destroy(): void {
    this.exchange = undefined
    this.socket.destroy()
  }

  /** Closes it once what was written has been sent. */
  close(): void {
    this.exchange = undefined
    this.socket.destroySoon()
  }

  #receive(length: number): void {
    const { exchange } = this
    if (!exchange) return this.#gone(undefined) // a dyno that speaks without being asked
    try {
      exchange.takeResponse(READ_BUFFER, 0, length)
    } catch (error) {
      exchange.broke(error)
    }
  }

  #ended(): void {
    if (this.exchange) this.exchange.upstreamEnded()
    else this.#gone(undefined)
  }

  #gone(error: Error | undefined): void {
    const { exchange } = this
    this.exchange = undefined
    this.socket.destroy()
    if (exchange) exchange.upstreamGone(error)
    else this.#pool.forget(this)
  }
}
