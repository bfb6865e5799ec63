/**
 * What the router uses of Node that Node keeps to itself: handles of TCP, which `net.Socket` is made around. Everything
 * of that kind is named here, with its shape in Node 24 (`lib/net.js`, `lib/internal/stream_base_commons.js`). Whoever
 * moves to another major version of Node looks here first.
 */

import type net from 'node:net'

/** A connection, or one in the making. Methods return 0, or the negative number of the system's error. */
export type TcpHandle = {
  /**
   * Called when something was read, or could not be: see READ_RESULT. It must return nothing: that
   * would be taken for the next buffer.
   */
  onread: () => void
  /** Reads go into these bytes, from their start. */
  useUserBuffer: (bytes: Uint8Array) => void
  readStart: () => number
  readStop: () => number
  connect: (request: ConnectRequest, address: string, port: number) => number
  connect6: (request: ConnectRequest, address: string, port: number) => number
  setNoDelay: (isOn: boolean) => number
  getpeername: (peer: { address?: string }) => number
  /** Writes what the kernel takes at once, and the rest when it takes more: see WRITE_IS_PENDING. */
  writeBuffer: (request: WriteRequest, bytes: Uint8Array) => number
  writeLatin1String: (request: WriteRequest, text: string) => number
  /** Says that no more will come, once all of it is sent. */
  shutdown: (request: ShutdownRequest) => number
  close: () => void
}

type ConnectRequest = { oncomplete: (status: number) => void }
type ShutdownRequest = { oncomplete: (status: number) => void }
/** Used up only by a write that is pending; then it must keep its bytes alive. */
type WriteRequest = { oncomplete: (status: number) => void; bytes: Uint8Array | undefined }

type StreamBinding = {
  WriteWrap: new () => WriteRequest
  ShutdownWrap: new () => ShutdownRequest
  streamBaseState: Int32Array
  kReadBytesOrError: number
  kBytesWritten: number
  kLastWriteWasAsync: number
}
type TcpBinding = {
  TCP: new (type: number) => TcpHandle
  TCPConnectWrap: new () => ConnectRequest
  constants: { SOCKET: number }
}

const isBinding = (value: unknown): value is StreamBinding & TcpBinding =>
  typeof value === 'object' && value !== null

const bindingOf = (name: string): StreamBinding & TcpBinding => {
  const binding: unknown = Reflect.get(process, 'binding')
  const found: unknown = typeof binding === 'function' ? binding.call(process, name) : undefined
  if (isBinding(found)) return found
  throw new Error(`Node ${process.version} has no ${name}: the router needs Node 24`)
}

const streams: StreamBinding = bindingOf('stream_wrap')
const tcp: TcpBinding = bindingOf('tcp_wrap')

export const { WriteWrap, ShutdownWrap } = streams
export const { TCPConnectWrap } = tcp

/** How the last read or write of any handle went. */
export const STATE = streams.streamBaseState
/** Where in STATE: how many bytes were read, or the negative number of the error. */
export const READ_RESULT = streams.kReadBytesOrError
/** How many bytes the last write had. */
export const WRITTEN_BYTES = streams.kBytesWritten
/** 1 if the kernel has not taken all of them. */
export const WRITE_IS_PENDING = streams.kLastWriteWasAsync

export const newTcpHandle = (): TcpHandle => new tcp.TCP(tcp.constants.SOCKET)

/**
 * Takes connections as the handles they come as, before the server makes sockets of them.
 * @param server that listens
 */
export const acceptHandles = (server: net.Server, take: (handle: TcpHandle) => void): void => {
  const listener: unknown = Reflect.get(server, '_handle')
  if (typeof listener !== 'object' || listener === null || !('onconnection' in listener))
    throw new Error(`Node ${process.version} listens by other means: the router needs Node 24`)
  listener.onconnection = (error: number, handle: TcpHandle | undefined): void => {
    if (error === 0 && handle) take(handle)
  }
}

/** '' if it has gone already. */
export const peerAddress = (handle: TcpHandle): string => {
  const peer: { address?: string } = {}
  handle.getpeername(peer)
  return peer.address ?? ''
}
