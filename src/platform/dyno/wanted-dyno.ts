import { config } from '#/foundation/config.ts'
import { SIZES } from '#/platform/formation/formation.ts'
import { dynoName } from './dyno.ts'
import type { WantedDyno } from './engine.ts'

/** What the database knows of a dyno that the engine must run, joined over app, release and slug. */
export type WantedDynoRow = {
  id: string
  appId: string
  appName: string
  stack: string
  kind: 'kept' | 'once'
  hasStarted: boolean
  type: string
  number: number
  size: string
  command: string
  digest: string | null
  tty: { columns: number; lines: number; term: string } | null
  attached: boolean
  marks: Record<string, 'secret' | 'plain'> | null
  healthPath: string | null
  logsUsage: boolean
}

/** The row of the feed: what the engine is told. */
export const buildWantedDyno = (
  row: WantedDynoRow,
  configVars: Record<string, string>,
  extraEnv: Record<string, string>,
): WantedDyno => ({
  id: row.id,
  appId: row.appId,
  appName: row.appName,
  name: dynoName(row),
  kind: row.kind,
  ...(row.kind === 'once' && row.hasStarted ? { hasStarted: true } : {}),
  digest: row.digest,
  command: row.command,
  env: {
    ...configVars,
    ...extraEnv,
    DYNO: dynoName(row),
    STACK: row.stack,
    HEROKU_APP_NAME: row.appName,
  },
  marks: row.marks ?? {},
  web: row.kind === 'kept' && row.type === 'web',
  ...(row.healthPath === null ? {} : { healthPath: row.healthPath }),
  ...(row.logsUsage ? { logsUsage: true } : {}),
  bootLimitMs: config.bootLimitMs,
  stopLimitMs: config.stopLimitMs,
  timeLimitMs: row.type === 'release' && row.kind === 'once' ? config.releasePhaseLimitMs : null,
  memoryBytes: SIZES[row.size] ?? config.dynoMemoryBytes,
  diskBytes: config.dynoDiskBytes,
  attached: row.attached,
  tty: row.tty,
})
