import { findKeeper, readKeeperState } from '#/foundation/keeper-state.ts'
import { readSettings, routerNames, type Settings } from '#/foundation/settings.ts'
import { memoryOf, memoryWithChildren } from './process-memory.ts'
import { reachPlatform, type Reach } from './reach-platform.ts'

export type ProcessStatus = {
  name: string
  /** Null if it does not run, although it is wanted. */
  pid: number | null
  startedAt: string | null
  deaths: number
  memoryBytes: number | null
}

export type PlatformStatus = {
  dataDir: string
  state: 'up' | 'degraded' | 'down'
  settings: Settings
  answers: Reach
  processes: ProcessStatus[]
}

const ALWAYS_WANTED = ['standby', 'control-plane', 'engine']

/** What of the platform runs and answers; undefined where there is none. */
export const readPlatformStatus = async (dataDir: string): Promise<PlatformStatus | undefined> => {
  const settings = await readSettings(dataDir)
  if (!settings) return undefined
  const state = await readKeeperState(dataDir)
  const keeper = findKeeper(dataDir)
  const wanted = new Set([
    ...(settings.database === 'embedded' ? ['postgres'] : []),
    ...(state.addOnPostgres ? ['add-on-postgres'] : []),
    ...ALWAYS_WANTED,
    ...routerNames(settings),
    ...Object.keys(state.processes),
  ])
  const processes = [
    statusOf('keeper', keeper && { ...keeper, startedAt: null, deaths: 0 }),
    ...[...wanted].map((name) => statusOf(name, state.processes[name])),
  ]
  const answers = await reachPlatform(settings)
  return { dataDir, state: judge(processes, answers), settings, answers, processes }
}

type Known = { pid: number; startedAt: string | null; deaths: number }

const statusOf = (name: string, known: Known | undefined): ProcessStatus => ({
  name,
  pid: known?.pid ?? null,
  startedAt: known?.startedAt ?? null,
  deaths: known?.deaths ?? 0,
  memoryBytes: (known && measure(name, known.pid)) ?? null,
})

const measure = (name: string, pid: number): number | undefined =>
  name.endsWith('postgres') ? memoryWithChildren(pid) : memoryOf(pid)

const judge = (processes: ProcessStatus[], { api, router }: Reach): PlatformStatus['state'] => {
  if (processes.every(({ pid }) => pid === null)) return 'down'
  return api && router && processes.every(({ pid }) => pid !== null) ? 'up' : 'degraded'
}
