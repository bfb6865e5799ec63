import { dataDirPaths } from '#/foundation/data-dir.ts'
import { findKeeper, readKeeperState, type KeeperState } from '#/foundation/keeper-state.ts'
import { takeProcessLock } from '#/foundation/process-lock.ts'
import { PortTakenError } from './bound-port.ts'
import { findRunning } from './find-running.ts'
import type { HeldPort } from './held-port.ts'
import { Keeper, type KeeperOptions } from './keeper.ts'

/** `up` and `down` are what somebody typed; `take-over` goes on with whatever the keeper that died was about. */
export type KeeperMode = 'up' | 'take-over' | 'down'

export type OpenOptions = KeeperOptions & {
  mode: KeeperMode
  /** Makes what must be there before anything starts. By then the ports are bound. */
  prepare: () => Promise<void>
}

/** Makes this process the keeper of its data directory: there is one at most. Nothing is started yet. */
export const openKeeper = async (
  options: OpenOptions,
): Promise<{ keeper: Keeper; goesUp: boolean }> => {
  const { dataDir, mode } = options
  if (!takeProcessLock(dataDirPaths(dataDir).keeper)) throw new KeeperRunsError(dataDir)
  const before = await readKeeperState(dataDir)
  const goesUp = mode === 'up' || (mode === 'take-over' && before.wanted === 'up')
  if (goesUp) {
    for (const port of options.ports) holdPort(port, options, before)
    await options.prepare()
  }
  return { keeper: new Keeper(options, before), goesUp }
}

export class KeeperRunsError extends Error {
  constructor(dataDir: string) {
    super(
      `The platform in ${dataDir} is up already (keeper ${findKeeper(dataDir)?.pid ?? 'gone'}).`,
    )
    this.name = 'KeeperRunsError'
  }
}

/** If keeper and standby were both killed, the port is still with the process that accepts on it, and stays there. */
const holdPort = (
  port: HeldPort,
  { dataDir, processes, log }: OpenOptions,
  before: KeeperState,
): void => {
  try {
    port.descriptor()
  } catch (error) {
    const { adoptable } = findRunning(dataDir, processes, before)
    const user = processes.find((spec) => spec.ports?.includes(port) && adoptable.has(spec.name))
    if (!(error instanceof PortTakenError) || !user) throw error
    log.warn({ processName: user.name }, 'accepts on a port that we could not take over with it')
  }
}
