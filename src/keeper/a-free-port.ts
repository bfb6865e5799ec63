import { randomInt } from 'node:crypto'
import { bindPort, PortTakenError } from './bound-port.ts'

/** Below the range that the kernel takes ports of outgoing connections from, so that it stays free while we are down. */
const LOWEST = 20_000
const HIGHEST = 30_000
const ATTEMPTS = 200

/** A port of 127.0.0.1 that nobody uses now. */
export const aFreePort = (): number => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = randomInt(LOWEST, HIGHEST)
    try {
      bindPort({ host: '127.0.0.1', port }).release()
      return port
    } catch (error) {
      if (!(error instanceof PortTakenError)) throw error
    }
  }
  throw new Error(`No free port was found between ${LOWEST} and ${HIGHEST}.`)
}
