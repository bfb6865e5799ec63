import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { DynoState, WantedDyno } from '#/platform/dyno/engine.ts'
import { readOptional } from './run-dir.ts'

/** What an engine knows of a dyno and keeps on disk, so that another engine goes on with it. */
export type DynoMemory = {
  state: DynoState
  port: number | undefined
  exitStatus: number | null
  reason: string | null
  /** How often it was started again after it had ended by itself. */
  restarts: number
  /** Ends by itself in a row. */
  crashes: number
  /** How often it was started at all; raised on disk before each start. */
  runs: number
  /** A run was begun that has not been cleaned up yet. */
  isRunning: boolean
  /** ISO 8601; of the last change of state. */
  at: string
}

export const newMemory = (): DynoMemory => ({
  state: 'starting',
  port: undefined,
  exitStatus: null,
  reason: null,
  restarts: 0,
  crashes: 0,
  runs: 0,
  isRunning: false,
  at: new Date().toISOString(),
})

type KeptState = { wanted: WantedDyno; memory: DynoMemory }

const FILE = 'state.json'

/** @param options.durable to the disk before this resolves, for what must not be done twice */
export const keepState = async (
  dir: string,
  state: KeptState,
  { durable }: { durable: boolean },
): Promise<void> => {
  const path = join(dir, FILE)
  const file = await open(`${path}.partial`, 'w', 0o600)
  try {
    await file.writeFile(JSON.stringify(state))
    if (durable) await file.sync()
  } finally {
    await file.close()
  }
  await rename(`${path}.partial`, path)
}

/** Undefined if there is none or it cannot be read: what runs is then found by its wanted row and stopped or started anew. */
export const readState = async (dir: string): Promise<KeptState | undefined> => {
  try {
    const text = await readOptional(join(dir, FILE))
    const state = text === undefined ? undefined : (JSON.parse(text) as KeptState)
    return state?.wanted.id && state.memory.at ? state : undefined
  } catch {
    return undefined
  }
}
