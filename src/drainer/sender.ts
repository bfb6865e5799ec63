import type { Frame } from './frame.ts'

/** The way to one receiver. */
export type Sender = {
  /** What the lines name as their host. */
  host: string
  /** Resolves once the receiver has the frame, as far as that can be known. @throws DeliveryError */
  send: (frame: Frame) => Promise<void>
  close: () => void
}

/** Who takes lines, and what we may tell of it: never the URL, which may hold a password. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError'
  /** The receiver is there and does not want this very frame, now or later. */
  readonly isRefusal: boolean

  constructor(what: string, { isRefusal = false } = {}) {
    super(what)
    this.isRefusal = isRefusal
  }
}

/** Of an error of a connection: its code, which names no URL. */
export const deliveryErrorOf = (error: Error): DeliveryError =>
  error instanceof DeliveryError
    ? error
    : new DeliveryError('code' in error ? String(error.code) : error.message)

/** How long a receiver may take for a connection, a frame, an answer. */
export const SEND_LIMIT_MS = 30_000

export type SenderOptions = {
  url: string
  token: string
  /** Hosts that may have private addresses. */
  privateHosts: readonly string[]
  /** A certificate authority of one's own. */
  ca?: string | undefined
  limitMs: number
}
