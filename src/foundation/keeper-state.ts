import { readFile } from 'node:fs/promises'
import { dataDirPaths } from '#/foundation/data-dir.ts'
import { hasCode } from '#/foundation/errors.ts'
import { findLockHolder } from '#/foundation/process-lock.ts'
import { bootId, isAlive, type ProcessIdentity } from '#/foundation/process-identity.ts'

/** A process of the platform that was running when this was written. */
export type ProcessRecord = ProcessIdentity & {
  /** ISO 8601 */
  startedAt: string
  /** How often it has died since the platform came up. */
  deaths: number
}

/** What the keeper leaves on disk: for the next keeper, and for whoever wants to know what runs. */
export type KeeperState = {
  bootId: string
  /** `down` from the moment the platform is told to stop: a keeper that starts then goes on stopping. */
  wanted: 'up' | 'down'
  processes: Record<string, ProcessRecord>
  /** Replaced already, but they still answer what they have begun. */
  leaving: ProcessIdentity[]
  /** Where apps' databases are, once an app has asked for one. The port is part of their URLs, so it stays. */
  addOnPostgres: { port: number } | null
}

const NOTHING_YET: KeeperState = {
  bootId: '',
  wanted: 'down',
  processes: {},
  leaving: [],
  addOnPostgres: null,
}

/** Only of processes that live; those from before a restart of the machine do not, whatever has their pid now. */
export const readKeeperState = async (dataDir: string): Promise<KeeperState> => {
  const state = await readStateFile(dataDirPaths(dataDir).keeperState)
  if (state.bootId !== bootId()) return { ...state, bootId: bootId(), processes: {}, leaving: [] }
  const processes = Object.entries(state.processes).filter(([, record]) => isAlive(record))
  return {
    ...state,
    processes: Object.fromEntries(processes),
    leaving: state.leaving.filter(isAlive),
  }
}

const readStateFile = async (path: string): Promise<KeeperState> => {
  try {
    return { ...NOTHING_YET, ...(JSON.parse(await readFile(path, 'utf8')) as KeeperState) }
  } catch (error) {
    if (hasCode(error, 'ENOENT') || error instanceof SyntaxError) return NOTHING_YET
    throw error
  }
}

/** The keeper of this data directory, if one lives. */
export const findKeeper = (dataDir: string): ProcessIdentity | undefined =>
  findLockHolder(dataDirPaths(dataDir).keeper)
