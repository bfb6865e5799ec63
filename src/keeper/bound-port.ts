import net from 'node:net'

/**
 * A port that is bound here and listened on elsewhere: each child that gets the descriptor calls `listen` on it and
 * accepts. As long as anybody holds the descriptor, connections that come while nobody accepts wait in the kernel's
 * queue; none is refused.
 */
export type BoundPort = {
  fd: number
  port: number
  /** Closes the descriptor of this process; those that were passed on stay open. */
  release: () => void
}

export type Address = { host: string; port: number }

/**
 * Binds without listening. `net.createServer().listen()` would accept here what is meant for the child, and Node
 * has no public call that only binds, so this is the internal one that `node:cluster` uses
 * (docs/decisions/0004-ports-are-bound-once.md).
 * @param port 0 for any that is free
 */
export const bindPort = ({ host, port }: Address): BoundPort => {
  const handle = createHandle(host, port)
  const bound: { port?: number } = {}
  // libuv reports an address in use only now.
  const error = handle.getsockname(bound)
  if (error !== 0 || bound.port === undefined) {
    handle.close()
    throw new PortTakenError({ host, port })
  }
  return { fd: handle.fd, port: bound.port, release: () => handle.close() }
}

export class PortTakenError extends Error {
  constructor({ host, port }: Address) {
    super(
      `Port ${port} of ${host} cannot be had: another program listens on it, or it is reserved.`,
    )
    this.name = 'PortTakenError'
  }
}

type Handle = { fd: number; getsockname: (out: object) => number; close: () => void }

const createHandle = (host: string, port: number): Handle => {
  const create: unknown = Reflect.get(net, '_createServerHandle')
  if (typeof create !== 'function')
    throw new Error('This Node cannot bind a port without listening.')
  const handle: unknown = create(host, port, net.isIPv6(host) ? 6 : 4, -1)
  if (!isHandle(handle)) throw new PortTakenError({ host, port })
  return handle
}

const isHandle = (value: unknown): value is Handle =>
  typeof value === 'object' && value !== null && 'fd' in value && 'getsockname' in value
