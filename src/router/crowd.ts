import type { Watched } from './clock.ts'
import type { RouterLimits } from './limits.ts'

/** Whoever comes from one address, or from one network of IPv6, of which each gets billions of addresses. */
export class Visitor {
  connections = 0
  /** No limit but that of connections at once: it stands for many. */
  readonly isTrusted: boolean
  readonly opened = new Allowance()
  readonly asked = new Allowance()

  constructor(isTrusted: boolean) {
    this.isTrusted = isTrusted
  }
}

/** So many a second, and after a rest as many more as BURST_SECONDS would have brought. */
class Allowance {
  #spent = 0
  #at = 0

  /** @param now on the router's clock @param perSecond 0: no limit */
  take(now: number, perSecond: number): boolean {
    if (perSecond === 0) return true
    this.#spent = Math.max(0, this.#spent - ((now - this.#at) * perSecond) / 1_000)
    this.#at = now
    if (this.#spent >= perSecond * BURST_SECONDS) return false
    this.#spent++
    return true
  }

  /** Nothing of it is spent any more. */
  isRested(now: number): boolean {
    return now - this.#at >= BURST_SECONDS * 1_000
  }
}

const BURST_SECONDS = 5

/** All who are connected to this router, whatever door they came by, and who were lately. */
export class Crowd implements Watched {
  /** Connections. */
  size = 0
  readonly #limits: RouterLimits
  readonly #visitors = new Map<string, Visitor>()
  #forgotAt = 0

  constructor(limits: RouterLimits) {
    this.#limits = limits
  }

  /** Undefined if no more may come, from there or at all. */
  enter(address: string, now: number): Visitor | undefined {
    const limits = this.#limits
    if (this.size >= limits.connections) return undefined
    const visitor = this.#visitorFrom(address)
    if (visitor.connections >= limits.connectionsPerAddress) return undefined
    if (!visitor.isTrusted && !visitor.opened.take(now, limits.connectsPerAddress)) return undefined
    visitor.connections++
    this.size++
    return visitor
  }

  leave(visitor: Visitor): void {
    visitor.connections--
    this.size--
  }

  /** Forgets those who are gone for good. */
  check(now: number): void {
    if (now - this.#forgotAt < FORGET_MS) return
    this.#forgotAt = now
    for (const [network, { connections, opened, asked }] of this.#visitors)
      if (connections === 0 && opened.isRested(now) && asked.isRested(now))
        this.#visitors.delete(network)
  }

  #visitorFrom(address: string): Visitor {
    const network = networkOf(address)
    let visitor = this.#visitors.get(network)
    if (!visitor) {
      visitor = new Visitor(isLoopback(address) || this.#limits.trustedAddresses.includes(address))
      this.#visitors.set(network, visitor)
    }
    return visitor
  }
}

const FORGET_MS = 10_000

/** A proxy on this machine. */
const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.')

/** An IPv4 address; of an IPv6 one the first 64 bits. */
export const networkOf = (address: string): string => {
  if (!address.includes(':')) return address
  const [before = '', after] = address.split('::')
  const left = before === '' ? [] : before.split(':')
  if (after === undefined) return left.slice(0, 4).join(':')
  const right = after === '' ? [] : after.split(':')
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0')
  return [...left, ...zeros, ...right].slice(0, 4).join(':')
}
