/** What breaks RFC 6455, with the status that the close frame tells. */
export class FrameError extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.name = 'FrameError'
    this.status = status
  }
}

export type Frame = { kind: 'data' | 'close' | 'ping' | 'pong'; payload: Buffer }

const CODES = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 }
const KINDS: Record<number, Frame['kind']> = {
  0: 'data',
  1: 'data',
  2: 'data',
  8: 'close',
  9: 'ping',
  10: 'pong',
}

const LARGEST_CONTROL_BYTES = 125
const PROTOCOL_ERROR = 1002
const TOO_BIG = 1009
const MASK_BYTES = 4

/** One whole frame of a server, which masks nothing. */
export const encodeFrame = (kind: keyof typeof CODES, payload: Buffer): Buffer => {
  const first = 0x80 | CODES[kind]
  if (payload.length < 126) return Buffer.concat([Buffer.from([first, payload.length]), payload])
  const isShort = payload.length < 65_536
  const head = Buffer.alloc(isShort ? 4 : 10)
  head[0] = first
  head[1] = isShort ? 126 : 127
  if (isShort) head.writeUInt16BE(payload.length, 2)
  else head.writeBigUInt64BE(BigInt(payload.length), 2)
  return Buffer.concat([head, payload])
}

/** Makes frames of what a client sends, however it is cut. Holds no more than one frame (64 KB) and the chunk it got last. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0)

  /** @throws FrameError */
  read(chunk: Buffer): Frame[] {
    const frames: Frame[] = []
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    for (;;) {
      const size = sizeOf(this.#rest)
      if (!size || this.#rest.length < size.payloadAt + size.length) return frames
      const frame = this.#rest.subarray(0, size.payloadAt + size.length)
      this.#rest = this.#rest.subarray(frame.length)
      frames.push({ kind: size.kind, payload: unmask(frame, size.payloadAt) })
    }
  }
}

type Size = { kind: Frame['kind']; payloadAt: number; length: number }

/** Undefined as long as not all of its head is there. */
const sizeOf = (bytes: Buffer): Size | undefined => {
  const [first, second] = bytes
  if (first === undefined || second === undefined) return undefined
  const kind = KINDS[first & 0x0f]
  const isControl = (first & 0x08) !== 0
  if (kind === undefined || (first & 0x70) !== 0)
    throw new FrameError(PROTOCOL_ERROR, 'This kind of frame has not been agreed on.')
  if ((second & 0x80) === 0) throw new FrameError(PROTOCOL_ERROR, 'A client must mask its frames.')
  const short = second & 0x7f
  if (isControl && (short > LARGEST_CONTROL_BYTES || (first & 0x80) === 0))
    throw new FrameError(PROTOCOL_ERROR, 'A control frame is short and whole.')
  if (short === 127) throw new FrameError(TOO_BIG, 'The frame is too big.')
  if (short < 126) return { kind, payloadAt: 2 + MASK_BYTES, length: short }
  if (bytes.length < 4) return undefined
  const length = bytes.readUInt16BE(2)
  return { kind, payloadAt: 4 + MASK_BYTES, length }
}

const unmask = (frame: Buffer, payloadAt: number): Buffer => {
  const mask = frame.subarray(payloadAt - MASK_BYTES, payloadAt)
  const payload = Buffer.from(frame.subarray(payloadAt))
  for (let at = 0; at < payload.length; at++)
    payload[at] = (payload[at] ?? 0) ^ (mask[at % MASK_BYTES] ?? 0)
  return payload
}
