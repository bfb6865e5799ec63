/**
 * Walks along the frames of a WebSocket (RFC 6455 5.2) as they pass, to know where one ends and another may be put in.
 */
export class FrameWalk {
  readonly #head = Buffer.alloc(14)
  #headLength = 0
  /** Of the payload under way. */
  #left = 0

  /** No frame is under way. */
  get isBetween(): boolean {
    return this.#left === 0 && this.#headLength === 0
  }

  /** Goes to the end of these bytes. */
  walk(bytes: Buffer, start: number, end: number): void {
    for (let at = start; at < end;) at = this.#step(bytes, at, end)
  }

  /** Goes to where the frame under way ends, if that is in these bytes, else to their end. Returns where it is. */
  walkToBoundary(bytes: Buffer, start: number, end: number): number {
    let at = start
    while (at < end && !this.isBetween) at = this.#step(bytes, at, end)
    return at
  }

  #step(bytes: Buffer, at: number, end: number): number {
    if (this.#left > 0) {
      const skipped = Math.min(this.#left, end - at)
      this.#left -= skipped
      return at + skipped
    }
    this.#head[this.#headLength++] = bytes[at] ?? 0
    if (this.#headLength >= 2 && this.#headLength === headLengthOf(this.#head)) {
      this.#left = payloadLengthOf(this.#head)
      this.#headLength = 0
    }
    return at + 1
  }
}

const headLengthOf = (head: Buffer): number => {
  const second = head[1] ?? 0
  const length = second & 0x7f
  return 2 + (length === 126 ? 2 : length === 127 ? 8 : 0) + (second & 0x80 ? 4 : 0)
}

const payloadLengthOf = (head: Buffer): number => {
  const length = (head[1] ?? 0) & 0x7f
  if (length === 126) return head.readUInt16BE(2)
  return length === 127 ? Number(head.readBigUInt64BE(2)) : length
}

/** A server's frame that says: I am going away (1001). */
export const GOING_AWAY = Buffer.from([0x88, 0x02, 0x03, 0xe9])
