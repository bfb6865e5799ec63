import { setTimeout as pause } from 'node:timers/promises'
import type { DynoRun } from './dyno-run.ts'
import { isHeldBy, listListeners, type Listener } from './listeners.ts'
import { descendantsOf, innerProcesses } from './process-tree.ts'

/** Most apps boot within this; whoever takes longer does not notice if we look less often. */
const EAGER_MS = 3_000
const EAGER_LOOK_MS = 4
const LATER_LOOK_MS = 25
/** Somebody else is on the port: until that ends, or the dyno ends because of it. */
const STRANGER_LOOK_MS = 250

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
  while (!signal.aborted) {
    const found = listListeners().filter((one) => one.port === port && one.host !== undefined)
    const pids = found.length > 0 ? descendantsOf(run.supervisor.pid) : []
    const own = found.filter((one) => isHeldBy(one, pids))
    if (own.length > 0) return own.some(({ host }) => host === '127.0.0.1') ? '127.0.0.1' : '::1'
    const tookMs = performance.now() - began
    if (tookMs > limitMs) return undefined
    if (found.length > 0) await pause(STRANGER_LOOK_MS)
    else await pause(tookMs < EAGER_MS ? EAGER_LOOK_MS : LATER_LOOK_MS)
  }
  return undefined
}

/** Resolves once something of the app runs in its sandbox, or at the signal. */
export const untilEntered = async (run: DynoRun, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted && innerProcesses(run.supervisor.pid).length === 0)
    await pause(EAGER_LOOK_MS)
}
