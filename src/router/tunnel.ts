import { FrameWalk, GOING_AWAY } from './frame-walk.ts'
import { relay, type Stretch } from './outgoing.ts'
import type { Wire } from './wire.ts'

/**
 * What a dyno says once protocols are switched, on its way to the client. On a WebSocket the client can be told to
 * close, between two frames; nothing of the dyno's goes to it after that.
 */
export class Tunnel {
  /** To the client. */
  sentBytes = 0
  readonly #client: Wire
  /** Of a WebSocket. */
  readonly #frames: FrameWalk | undefined
  #goodbye: 'no' | 'due' | 'said' = 'no'
  #goodbyeAt = 0

  /** @param said what has been passed on already */
  constructor(client: Wire, { upgrade, said }: { upgrade: string; said: Stretch }) {
    this.#client = client
    if (upgrade.toLowerCase() !== 'websocket') return
    this.#frames = new FrameWalk()
    this.#frames.walk(said.bytes, said.start, said.end)
  }

  /** Returns false if the client is slow. */
  pass({ bytes, start, end }: Stretch): boolean {
    if (this.#goodbye === 'said') return true
    const frames = this.#frames
    if (!frames || this.#goodbye === 'no') {
      frames?.walk(bytes, start, end)
      this.sentBytes += end - start
      return relay(this.#client, { bytes, start, end })
    }
    const at = frames.walkToBoundary(bytes, start, end)
    this.sentBytes += at - start
    const isTaken = relay(this.#client, { bytes, start, end: at })
    if (frames.isBetween) this.#writeGoodbye()
    return isTaken
  }

  /**
   * Tells the client to close some time before the end of the drain.
   * @param now on the router's clock, as `leftAt`
   * @param leftAt when the dyno left the table, if it has
   * @returns true once the client has had its time to answer
   */
  watchDrain(now: number, leftAt: number | undefined, drainMs: number): boolean {
    if (this.#goodbye !== 'no') return now - this.#goodbyeAt >= GOODBYE_MS
    if (leftAt !== undefined && now - leftAt >= drainMs - Math.min(GOODBYE_MS, drainMs / 3))
      this.sayGoodbye(now)
    return false
  }

  /** Between two frames at once, else when the one under way has passed. */
  sayGoodbye(now: number): void {
    if (!this.#frames || this.#goodbye !== 'no') return
    this.#goodbye = 'due'
    this.#goodbyeAt = now
    if (this.#frames.isBetween) this.#writeGoodbye()
  }

  /** The dyno is read on, to see its end. */
  get hasSaidGoodbye(): boolean {
    return this.#goodbye === 'said'
  }

  #writeGoodbye(): void {
    this.#goodbye = 'said'
    this.sentBytes += GOING_AWAY.length
    this.#client.write(GOING_AWAY)
  }
}

/** For a client to answer that it was told to close. */
const GOODBYE_MS = 5_000
