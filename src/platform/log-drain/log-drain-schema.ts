import { Type } from 'typebox'
import type { LogDrain } from './log-drain.ts'

export const CreateLogDrain = Type.Object({ url: Type.String({ minLength: 1 }) })

export const presentLogDrain = (
  drain: LogDrain,
  app: { id: string; name: string },
  isExtended = false,
) => ({
  addon: null,
  app: { id: app.id, name: app.name },
  created_at: drain.createdAt,
  id: drain.id,
  token: drain.token,
  updated_at: drain.updatedAt,
  url: drain.url,
  ...(isExtended ? { extended: { drain_id: drain.id } } : {}),
})
