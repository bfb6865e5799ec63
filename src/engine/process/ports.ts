import { randomInt } from 'node:crypto'
import net from 'node:net'

/** Below the kernel's own range for outgoing connections, so that none of those takes a dyno's port. */
const FIRST = 20_000
const LAST = 31_999

/** Gives each dyno a port that nobody listens on and no other dyno has. */
export class Ports {
  readonly #taken = new Set<number>()

  /** @param preferred what the dyno had before */
  async take(preferred: number | undefined): Promise<number> {
    for (let port = preferred ?? aPort(); ; port = aPort()) {
      if (this.#taken.has(port)) continue
      this.#taken.add(port)
      if (await canListenOn(port)) return port
      this.#taken.delete(port)
    }
  }

  /** Of a dyno that is adopted. */
  keep(port: number): void {
    this.#taken.add(port)
  }

  release(port: number): void {
    this.#taken.delete(port)
  }
}

const aPort = (): number => randomInt(FIRST, LAST + 1)

/** Found by doing it, on all addresses at once: the kernel's list of who listens takes longer to read. */
const canListenOn = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = net.createServer()
    server.once('error', () => resolve(false))
    server.listen(port, () => server.close(() => resolve(true)))
  })
