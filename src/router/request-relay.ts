import { bodyOf, type Body } from './body-framing.ts'
import { outgoing, type Stretch } from './outgoing.ts'
import type { Wire } from './wire.ts'

/** Passes a client's request on to a dyno, head first, then the body as it comes. */
export class RequestRelay {
  /** Bytes of the body passed on so far, framing included. */
  bodyBytes = 0
  /** The dyno takes no more for now. */
  isBlocked = false
  readonly #body: Body
  /** The head that has not been sent yet; '' once it has. */
  #head = ''

  constructor(bodyLength: number) {
    this.#body = bodyOf(bodyLength)
  }

  /** All of the body has been passed on. */
  get isDone(): boolean {
    return this.#body.done
  }

  get isMalformed(): boolean {
    return this.#body.malformed
  }

  get isHeadDue(): boolean {
    return this.#head !== ''
  }

  /** @param head goes out with the first bytes that follow */
  begin(head: string): void {
    this.#head = head
  }

  /** Takes bytes of the body, maybe none; returns where in `bytes` it ends or goes on. */
  take(dyno: Wire, { bytes, start, end }: Stretch): number {
    const at = this.#body.take(bytes, start, end)
    if (this.isMalformed) return end
    const head = this.#head
    if (at === start && head === '') return at
    this.#head = ''
    this.bodyBytes += at - start
    const isTaken = send(dyno, head, { bytes, start, end: at })
    this.isBlocked = !isTaken && !this.isDone
    return at
  }
}

const send = (dyno: Wire, head: string, part: Stretch): boolean => {
  const length = part.end - part.start
  if (length === 0) {
    dyno.writeText(head)
    return !dyno.isFull
  }
  return outgoing(head.length + length)
    .text(head)
    .bytes(part)
    .send(dyno)
}
