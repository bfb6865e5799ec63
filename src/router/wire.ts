import { isIPv6 } from 'node:net'
import type tls from 'node:tls'
import { getSystemErrorName } from 'node:util'
import {
  newTcpHandle,
  READ_RESULT,
  ShutdownWrap,
  STATE,
  TCPConnectWrap,
  WRITE_IS_PENDING,
  WriteWrap,
  WRITTEN_BYTES,
  type TcpHandle,
} from './node-handles.ts'

/** Who is at the router's end of a wire. Nothing is told from within a call to the wire, nor after `closed`. */
export type WireUser = {
  /** @param bytes of which the first `length` were read; good until this returns */
  received: (bytes: Buffer, length: number) => void
  /** All is sent, after a write that said that the other side is slow. */
  drained: () => void
  /** The other side will say no more. */
  ended: () => void
  /** @param code of the system's error, such as `ECONNRESET`; undefined if none was the cause */
  closed: (code: string | undefined) => void
}

/** A connection, as bytes: in clear text or not. */
export type Wire = {
  /** Bytes written that have not left this process. */
  readonly unsentBytes: number
  /** More than HIGH_WATER bytes were unsent: nothing should be written before `drained`. */
  readonly isFull: boolean
  readonly isClosed: boolean
  /** Begins to read. */
  begin: (user: WireUser) => void
  /** Takes all of it; a wire that is closed drops it. The bytes are the wire's as long as any are unsent. */
  write: (bytes: Uint8Array) => void
  /** @param text in latin1 */
  writeText: (text: string) => void
  pause: () => void
  resume: () => void
  /** Says that nothing more will come, once all is sent; still reads. */
  end: () => void
  /** Closes once all is sent. */
  finish: () => void
  /** Closes at once. */
  close: () => void
}

/** Bytes unsent at which the other side counts as slow. */
const HIGH_WATER = 65_536

/**
 * All wires of this process read into this one buffer: what is in it must be used, or copied, before `received`
 * returns. It saves an allocation, and the collecting of it, for each read.
 */
export const READ_BUFFER = Buffer.allocUnsafeSlow(65_536)

/**
 * A TCP connection on Node's handle itself. `net.Socket` would put two streams, their events and their queues around
 * it, which takes longer than the router needs for a request.
 */
export class TcpWire implements Wire {
  unsentBytes = 0
  isFull = false
  isClosed = false
  readonly #handle: TcpHandle
  #user: WireUser | undefined
  #isEnding = false
  #hasEnded = false
  #closesAtEnd = false
  #code: string | undefined

  constructor(handle: TcpHandle) {
    this.#handle = handle
    handle.setNoDelay(true)
    handle.useUserBuffer(READ_BUFFER)
    handle.onread = () => {
      this.#read(STATE[READ_RESULT] ?? 0)
    }
  }

  /**
   * @param host an address
   * @param connected called once; not if it fails, which `closed` tells
   */
  static connect(
    { host, port }: { host: string; port: number },
    user: WireUser,
    connected: () => void,
  ): TcpWire {
    const handle = newTcpHandle()
    const wire = new TcpWire(handle)
    wire.#user = user
    const request = new TCPConnectWrap()
    request.oncomplete = (status) => {
      if (wire.isClosed) return
      if (status !== 0) return wire.#fail(status)
      wire.resume()
      connected()
    }
    const status = isIPv6(host)
      ? handle.connect6(request, host, port)
      : handle.connect(request, host, port)
    if (status !== 0) wire.#fail(status)
    return wire
  }

  begin(user: WireUser): void {
    this.#user = user
    this.resume()
  }

  write(bytes: Uint8Array): void {
    if (this.isClosed || this.#isEnding) return
    const status = this.#handle.writeBuffer(spareRequest, bytes)
    if (status !== 0) this.#fail(status)
    else if (STATE[WRITE_IS_PENDING] === 1) this.#await(bytes)
  }

  writeText(text: string): void {
    if (this.isClosed || this.#isEnding) return
    const status = this.#handle.writeLatin1String(spareRequest, text)
    if (status !== 0) this.#fail(status)
    else if (STATE[WRITE_IS_PENDING] === 1) this.#await(undefined)
  }

  pause(): void {
    if (!this.isClosed) this.#handle.readStop()
  }

  resume(): void {
    if (this.isClosed || this.#hasEnded) return
    const status = this.#handle.readStart()
    if (status !== 0) this.#fail(status)
  }

  end(): void {
    if (this.isClosed || this.#isEnding) return
    this.#isEnding = true
    const request = new ShutdownWrap()
    request.oncomplete = () => {
      if (this.#closesAtEnd) this.close()
    }
    const status = this.#handle.shutdown(request)
    if (status !== 0) this.#fail(status)
  }

  finish(): void {
    if (this.unsentBytes === 0) return this.close() // the kernel has all of it, and sends it before the end
    this.#closesAtEnd = true
    this.end()
  }

  close(): void {
    if (this.isClosed) return
    this.isClosed = true
    this.#handle.close()
    queueMicrotask(() => this.#user?.closed(this.#code)) // before another wire is read
  }

  #read(result: number): void {
    const user = this.#user
    if (this.isClosed || !user) return
    if (result > 0) return user.received(READ_BUFFER, result)
    if (result === 0) return // nothing there, after all
    if (result !== END_OF_FILE) return this.#fail(result)
    this.#hasEnded = true
    this.#handle.readStop()
    user.ended()
  }

  /** The kernel has not taken all of it. */
  #await(bytes: Uint8Array | undefined): void {
    const request = spareRequest
    spareRequest = new WriteWrap()
    const length = STATE[WRITTEN_BYTES] ?? 0
    this.unsentBytes += length
    if (this.unsentBytes >= HIGH_WATER) this.isFull = true
    request.bytes = bytes
    request.oncomplete = (status) => {
      if (this.isClosed) return
      if (status !== 0) return this.#fail(status)
      this.unsentBytes -= length
      if (this.unsentBytes > 0 || !this.isFull) return
      this.isFull = false
      this.#user?.drained()
    }
  }

  #fail(status: number): void {
    this.#code ??= getSystemErrorName(status)
    this.close()
  }
}

/** For the next write. Nearly all are done when they return, and leave it as it was. */
let spareRequest = new WriteWrap()

/** UV_EOF */
const END_OF_FILE = -4_095

/** A connection that shook hands. */
export class TlsWire implements Wire {
  readonly #socket: tls.TLSSocket

  constructor(socket: tls.TLSSocket) {
    this.#socket = socket
  }

  get unsentBytes(): number {
    return this.#socket.writableLength
  }

  get isFull(): boolean {
    return this.#socket.writableNeedDrain
  }

  get isClosed(): boolean {
    return this.#socket.destroyed
  }

  begin(user: WireUser): void {
    let code: string | undefined
    this.#socket
      .on('data', (bytes: Buffer) => user.received(bytes, bytes.length))
      .on('drain', () => user.drained())
      .on('end', () => user.ended())
      .on('error', (error: NodeJS.ErrnoException) => (code = error.code))
      .on('close', () => user.closed(code))
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes)
  }

  writeText(text: string): void {
    this.#socket.write(text, 'latin1')
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  end(): void {
    this.#socket.end()
  }

  /** TLS has a last word of its own, for which it waits. */
  finish(): void {
    this.#socket.destroySoon()
  }

  close(): void {
    this.#socket.destroy()
  }
}
