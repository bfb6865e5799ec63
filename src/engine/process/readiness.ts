import { setTimeout as pause } from 'node:timers/promises'
import type { DynoRun } from './dyno-run.ts'
import { findListener, socketsOf, type Listener } from './listeners.ts'
import { descendantsOf, innerProcesses } from './process-tree.ts'

/** Most apps boot within this; whoever takes longer does not notice if we look less often. */
const EAGER_MS = 3_000
const EAGER_LOOK_MS = 3
const LATER_LOOK_MS = 25
/** A socket listens soon after it was opened, or it may be for something else. */
const FRESH_MS = 50

/**
 * Resolves with the address once something of the dyno listens on its port; undefined if it does not before the limit
 * or the signal. Whoever else listens there is no sign of its health, and must not get its requests.
 */
export const untilListening = async (
  run: DynoRun,
  { port, limitMs }: { port: number; limitMs: number },
  signal: AbortSignal,
): Promise<Listener['host']> => {
  const began = performance.now()
  let sockets = ''
  let [changedAt, listedAt] = [began, began]
  for (let now = began; !signal.aborted && now - began <= limitMs; now = performance.now()) {
    const own = descendantsOf(run.supervisor.pid).flatMap(socketsOf)
    const seen = own.join()
    if (seen !== sockets) [sockets, changedAt] = [seen, now]
    // Nothing listens without a socket, and the kernel's list of all that do is slow to read.
    const isFresh = now - changedAt < FRESH_MS || now - listedAt >= LATER_LOOK_MS
    if (own.length > 0 && isFresh) {
      const host = addressOf(port, own)
      if (host !== undefined) return host
      listedAt = now
    }
    await pause(now - began < EAGER_MS ? EAGER_LOOK_MS : LATER_LOOK_MS)
  }
  return undefined
}

const addressOf = (port: number, sockets: string[]): Listener['host'] =>
  findListener((one) => one.port === port && one.host !== undefined && sockets.includes(one.inode))
    ?.host

/** Resolves once something of the app runs in its sandbox, or at the signal. */
export const untilEntered = async (run: DynoRun, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted && innerProcesses(run.supervisor.pid).length === 0)
    await pause(EAGER_LOOK_MS)
}
