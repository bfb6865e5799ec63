import { randomInt } from 'node:crypto'
import { listListeners } from './listeners.ts'

/** Below the kernel's own range for outgoing connections, so that none of those takes a dyno's port. */
const FIRST = 20_000
const LAST = 31_999

/** Gives each dyno a port that nobody listens on and no other dyno has. */
export class Ports {
  readonly #taken = new Set<number>()

  /** @param preferred what the dyno had before */
  take(preferred: number | undefined): number {
    const listening = new Set(listListeners().map(({ port }) => port))
    const isFree = (port: number): boolean => !listening.has(port) && !this.#taken.has(port)
    let port = preferred !== undefined && isFree(preferred) ? preferred : randomInt(FIRST, LAST + 1)
    while (!isFree(port)) port = randomInt(FIRST, LAST + 1)
    this.#taken.add(port)
    return port
  }

  /** Of a dyno that is adopted. */
  keep(port: number): void {
    this.#taken.add(port)
  }

  release(port: number): void {
    this.#taken.delete(port)
  }
}
