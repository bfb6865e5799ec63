import { setTimeout as pause } from 'node:timers/promises'
import { findKeeper, readKeeperState } from '#/foundation/keeper-state.ts'
import { isAlive } from '#/foundation/process-identity.ts'

const LOOK_EVERY_MS = 250
const TAKE_OVER_LIMIT_MS = 10_000

/** A keeper that died is followed by its standby; waits for that, if there is one. True if a keeper lives. */
export const untilTakenOver = async (dataDir: string): Promise<boolean> => {
  const deadline = performance.now() + TAKE_OVER_LIMIT_MS
  while (performance.now() < deadline) {
    if (findKeeper(dataDir)) return true
    const { standby } = (await readKeeperState(dataDir)).processes
    if (!standby || !isAlive(standby)) return findKeeper(dataDir) !== undefined
    await pause(LOOK_EVERY_MS)
  }
  return false
}

/** Resolves when the platform was taken down, and rejects when it is up and nobody keeps it any more. */
export const followKeeper = async (dataDir: string, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    if (!findKeeper(dataDir) && !(await untilTakenOver(dataDir))) {
      if ((await readKeeperState(dataDir)).wanted === 'down') return
      throw new Error('Keeper and standby were both killed.')
    }
    await pause(LOOK_EVERY_MS, undefined, { signal }).catch(() => {})
  }
}
