import { setTimeout as pause } from 'node:timers/promises'
import { hasCode } from '#/foundation/errors.ts'
import { findKeeper, readKeeperState } from '#/foundation/keeper-state.ts'
import { isAlive, type ProcessIdentity } from '#/foundation/process-identity.ts'
import { runKeeperDown } from './start-keeper.ts'

const LIMIT_MS = 180_000
const LOOK_EVERY_MS = 50

/**
 * Takes everything down, dynos too: the keeper does it, and where none lives one is started that does nothing else.
 * If a keeper is killed meanwhile, another goes on.
 */
export const stopPlatform = async (dataDir: string): Promise<void> => {
  const deadline = performance.now() + LIMIT_MS
  for (;;) {
    if (performance.now() > deadline)
      throw new Error('It does not come down. See process-logs/keeper.log in the data directory.')
    const keeper = findKeeper(dataDir)
    if (keeper) await stopKeeper(keeper, deadline)
    else if (await runKeeperDown(dataDir)) return
    if (!findKeeper(dataDir) && (await isDown(dataDir))) return
  }
}

const stopKeeper = async (keeper: ProcessIdentity, deadline: number): Promise<void> => {
  try {
    process.kill(keeper.pid, 'SIGTERM')
  } catch (error) {
    if (hasCode(error, 'EPERM'))
      throw new Error('The platform belongs to another user, who may stop it.', { cause: error })
    if (!hasCode(error, 'ESRCH')) throw error
  }
  while (isAlive(keeper) && performance.now() < deadline) await pause(LOOK_EVERY_MS)
}

const isDown = async (dataDir: string): Promise<boolean> => {
  const { wanted, processes } = await readKeeperState(dataDir)
  return wanted === 'down' && Object.keys(processes).length === 0
}
