import { bindPort, type Address, type BoundPort } from './bound-port.ts'

/**
 * A port of the platform that the keeper holds for those who accept on it, so that none of their deaths closes it.
 * A keeper that found them running but not the one who held it before it, has no way to their descriptor: it binds anew
 * as soon as they let go.
 */
export class HeldPort {
  readonly name: string
  #address: Address
  #bound: BoundPort | undefined

  /** @param fd of the keeper before, bound to that address already */
  constructor(name: string, address: Address, fd?: number) {
    this.name = name
    this.#address = address
    if (fd !== undefined) this.#bound = { fd, port: address.port, release: () => {} }
  }

  get port(): number {
    return this.#address.port
  }

  /** Undefined if it is not held. */
  get heldDescriptor(): number | undefined {
    return this.#bound?.fd
  }

  /** Binds if it is not held yet. */
  descriptor(): number {
    this.#bound ??= bindPort(this.#address)
    this.#address = { ...this.#address, port: this.#bound.port }
    return this.#bound.fd
  }

  /** Lets go: once nobody else holds it either, connections are refused. */
  release(): void {
    this.#bound?.release()
    this.#bound = undefined
  }
}
