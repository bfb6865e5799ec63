/** Whatever has deadlines to be looked at. */
export type Watched = { check: (now: number) => void }

/**
 * A coarse clock that costs nothing to read, and looks at the deadlines of all connections at each tick. It counts its
 * own ticks, so after a pause of the whole machine it has moved on by one tick and nobody is cut off.
 */
export class Clock {
  /** Milliseconds since the first tick. */
  now = 0
  readonly watched = new Set<Watched>()
  readonly #tickMs: number
  #timer: NodeJS.Timeout | undefined
  #looking: NodeJS.Immediate | undefined

  constructor(tickMs: number) {
    this.#tickMs = tickMs
  }

  start(): void {
    this.#timer = setInterval(() => this.#tick(), this.#tickMs)
  }

  stop(): void {
    clearInterval(this.#timer)
    clearImmediate(this.#looking)
  }

  /**
   * Deadlines are looked at once the sockets have been. A timer that is late comes before what they have to say: a
   * connection would be closed for its silence with the next request in its buffer, and that resets it.
   */
  #tick(): void {
    this.now += this.#tickMs
    this.#looking ??= setImmediate(() => this.#look())
  }

  #look(): void {
    this.#looking = undefined
    for (const one of this.watched) one.check(this.now)
  }
}
