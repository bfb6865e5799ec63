import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { writeDurably } from '#/foundation/durable-file.ts'
import { hasCode } from '#/foundation/errors.ts'
import { thisMoment, type Moment } from '#/foundation/uptime.ts'
import type { DynoReport, DynoState, WantedDyno } from '#/platform/dyno/engine.ts'

/** What an engine knows of a dyno and keeps on disk, so that another engine goes on with it. */
export type DynoMemory = {
  state: DynoState
  /** Of a web dyno: the same over its restarts, unless somebody else has taken it meanwhile. */
  port: number | undefined
  /** The loopback address that it listens on. */
  host: string
  exitStatus: number | null
  reason: string | null
  /** How often it was started again after it had ended by itself. */
  restarts: number
  /** Ends by itself in a row. */
  crashes: number
  /** How often it was started at all; raised on disk before each start. */
  runs: number
  /** A run was begun of which it is not written down yet how it ended. */
  isRunning: boolean
  /** ISO 8601; of the last change of state. */
  at: string
  /** The same, to count from. */
  changedAt: Moment
}

export const newMemory = (): DynoMemory => ({
  state: 'starting',
  port: undefined,
  host: '127.0.0.1',
  exitStatus: null,
  reason: null,
  restarts: 0,
  crashes: 0,
  runs: 0,
  isRunning: false,
  at: new Date().toISOString(),
  changedAt: thisMoment(),
})

export const presentMemory = (id: string, memory: DynoMemory): DynoReport => ({
  id,
  state: memory.state,
  address: memory.port === undefined ? null : { host: memory.host, port: memory.port },
  exitStatus: memory.exitStatus,
  reason: memory.reason,
  restarts: memory.restarts,
  at: memory.at,
})

export type KeptDyno = { wanted: WantedDyno; memory: DynoMemory }

const FILE = 'state.json'

/** Replaces what was kept. After a crash of the engine the old or the new is there. */
export const keepDyno = async (dir: string, kept: KeptDyno): Promise<void> => {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const path = join(dir, FILE)
  const file = await open(`${path}.partial`, 'w', 0o600)
  try {
    await file.writeFile(JSON.stringify(kept))
  } finally {
    await file.close()
  }
  await rename(`${path}.partial`, path)
}

/** As `keepDyno`, and after a crash of the machine too: for what must not be done twice. */
export const keepDynoDurably = async (dir: string, kept: KeptDyno): Promise<void> => {
  await writeDurably(join(dir, FILE), JSON.stringify(kept))
  const parent = await open(dirname(dir), 'r')
  try {
    await parent.sync() // the dyno's own folder is new
  } finally {
    await parent.close()
  }
}

/** `none` if nothing was ever kept; `spoilt` if there is something that cannot be read. One dyno's does not stop an engine. */
export const readDyno = async (dir: string): Promise<KeptDyno | 'none' | 'spoilt'> => {
  try {
    const kept: unknown = JSON.parse(await readFile(join(dir, FILE), 'utf8'))
    if (!isWhole(kept)) return 'spoilt'
    // What versions before this one kept does not say it.
    return { ...kept, memory: { ...kept.memory, changedAt: kept.memory.changedAt ?? thisMoment() } }
  } catch (error) {
    return hasCode(error, 'ENOENT') ? 'none' : 'spoilt'
  }
}

const isWhole = (kept: unknown): kept is KeptDyno => {
  const { wanted, memory } = (kept ?? {}) as Partial<KeptDyno>
  return typeof wanted?.id === 'string' && typeof memory?.at === 'string' && memory.runs >= 0
}
