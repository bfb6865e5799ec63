import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { isAlive } from '#/foundation/process-identity.ts'
import { removeTree } from '#/foundation/remove-tree.ts'
import type { WantedDyno } from '#/platform/dyno/engine.ts'
import { readDyno, type DynoMemory } from './dyno-memory.ts'
import {
  endProcesses,
  findRun,
  killRun,
  terminateRun,
  type DynoRun,
  type RunPlace,
} from './dyno-run.ts'
import { listRuns, readMade } from './run-dir.ts'

/** In one place, since an engine finds by it what another has started. */
export const runPlace = (dynosDir: string, id: string, run: number): RunPlace => ({
  dir: join(dynosDir, id, `run-${run}`),
  // Another for each run: what is left of one must not get into the next.
  name: `dyno-${id}-${run}`,
})

/**
 * What the folders of a dyno's runs, and whoever wants it, tell of it when its own file is lost or spoilt: what still
 * runs goes on, and what was started is known to have been.
 */
export const salvageMemory = async (
  dynosDir: string,
  { id, hasStarted = false }: Pick<WantedDyno, 'id' | 'hasStarted'>,
): Promise<Partial<DynoMemory>> => {
  const folder = join(dynosDir, id)
  const [kept, numbers] = await Promise.all([readDyno(folder), listRuns(folder)])
  const wasStarted = kept !== 'none' || hasStarted ? 1 : 0
  const runs = Math.max(wasStarted, ...numbers)
  if (runs === 0) return {}
  const made = await readMade(runPlace(dynosDir, id, runs).dir)
  return { runs, isRunning: made !== undefined, port: made?.port }
}

const STOP_LIMIT_MS = 10_000

/** Ends a dyno of which nobody knows any more what was wanted, and removes what is there of it. */
export const endUnknownDyno = async (dynosDir: string, id: string): Promise<void> => {
  for (const number of await listRuns(join(dynosDir, id))) {
    const place = runPlace(dynosDir, id, number)
    const run = await findRun(place)
    if (run && isAlive(run.supervisor)) await endRun(run)
    await endProcesses(place)
  }
  await removeTree(join(dynosDir, id))
}

const endRun = async (run: DynoRun): Promise<void> => {
  await terminateRun(run)
  await Promise.race([run.over, pause(STOP_LIMIT_MS, undefined, { ref: false })])
  await killRun(run)
}
