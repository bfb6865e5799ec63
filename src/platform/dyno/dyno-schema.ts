import { Type } from 'typebox'
import { dynoName, type Dyno } from './dyno.ts'

export const RunDyno = Type.Object({
  command: Type.String({ minLength: 1, maxLength: 100_000 }),
  attach: Type.Optional(Type.Boolean()),
  env: Type.Optional(Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()]))),
  force_no_tty: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
  size: Type.Optional(Type.String()),
  type: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' })),
  time_to_live: Type.Optional(Type.Integer({ minimum: 1 })),
})

const Cells = Type.Integer({ minimum: 1, maximum: 1_000 })

/** Ours: characters. */
export const ResizeTerminal = Type.Object({ columns: Cells, lines: Cells })

/** Heroku's dyno. `attachUrl` is given once, to whoever asked for a dyno to attach to. */
export const presentDyno = (
  dyno: Dyno & { releaseVersion: number },
  { app, attachUrl = null }: { app: { id: string; name: string }; attachUrl?: string | null },
) => ({
  id: dyno.id,
  attach_url: attachUrl,
  app: { id: app.id, name: app.name },
  command: dyno.command,
  created_at: dyno.createdAt,
  exit_status: dyno.exitStatus,
  name: dynoName(dyno),
  reason: dyno.reason,
  release: { id: dyno.releaseId, version: dyno.releaseVersion },
  restarts: dyno.restarts,
  size: dyno.size,
  state: dyno.state,
  type: dyno.type,
  updated_at: dyno.stateChangedAt,
})
