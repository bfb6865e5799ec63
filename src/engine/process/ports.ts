import { randomInt } from 'node:crypto'
import { readFile } from 'node:fs/promises'

/** Below the kernel's own range for outgoing connections, so that none of those takes a dyno's port. */
const FIRST = 20_000
const LAST = 31_999
const LISTEN = '0A'

/** Ports that somebody on this machine listens on, whatever the address. */
export const listeningPorts = async (): Promise<Set<number>> => {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((path) => readFile(path, 'latin1').catch(() => '')),
  )
  const ports = new Set<number>()
  for (const table of tables)
    for (const line of table.split('\n').slice(1)) {
      const [, local, , state] = line.trim().split(/\s+/)
      if (state === LISTEN && local)
        ports.add(Number.parseInt(local.slice(local.lastIndexOf(':') + 1), 16))
    }
  return ports
}

/** Gives each dyno a port that nobody listens on and no other dyno has. */
export class Ports {
  readonly #taken = new Set<number>()

  async take(preferred?: number): Promise<number> {
    const listening = await listeningPorts()
    const isFree = (port: number): boolean => !listening.has(port) && !this.#taken.has(port)
    let port = preferred !== undefined && isFree(preferred) ? preferred : randomInt(FIRST, LAST + 1)
    while (!isFree(port)) port = randomInt(FIRST, LAST + 1)
    this.#taken.add(port)
    return port
  }

  /** The port of a dyno that is adopted, which listens on it. */
  keep(port: number): void {
    this.#taken.add(port)
  }

  release(port: number): void {
    this.#taken.delete(port)
  }
}
