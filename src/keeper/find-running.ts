import type { KeeperState, ProcessRecord } from '#/foundation/keeper-state.ts'
import type { ProcessIdentity } from '#/foundation/process-identity.ts'
import { findProcesses } from './find-processes.ts'
import type { ProcessSpec } from './process-spec.ts'

/** What an earlier keeper has left running. */
export type Running = {
  /** By the name of the process. */
  adoptable: Map<string, ProcessRecord>
  /** Not the ones to adopt: a keeper died after it had started them and before it had written that down. */
  strays: ProcessIdentity[]
}

export const findRunning = (
  dataDir: string,
  specs: readonly ProcessSpec[],
  state: KeeperState,
): Running => {
  const marked = findProcesses(dataDir)
  const isLeaving = isAmong(state.leaving)
  const adoptable = new Map<string, ProcessRecord>()
  const strays: ProcessIdentity[] = []
  for (const spec of specs) {
    const unwritten = (marked.get(spec.name) ?? []).filter((process) => !isLeaving(process))
    const chosen = state.processes[spec.name] ?? recordOf(spec.find?.() ?? unwritten[0])
    if (chosen) adoptable.set(spec.name, chosen)
    strays.push(...unwritten.filter(({ pid }) => pid !== chosen?.pid))
  }
  return { adoptable, strays }
}

const isAmong =
  (known: ProcessIdentity[]) =>
  ({ pid, startTime }: ProcessIdentity): boolean =>
    known.some((other) => other.pid === pid && other.startTime === startTime)

const recordOf = (identity: ProcessIdentity | undefined): ProcessRecord | undefined =>
  identity && { ...identity, startedAt: new Date().toISOString(), deaths: 0 }
