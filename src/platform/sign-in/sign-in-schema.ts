import { Type } from 'typebox'
import { UpdateAccount } from '#/platform/account/account-schema.ts'
import type { Session } from './session-store.ts'

const Password = Type.String({ maxLength: 1_000 })

export const UpdateOwnAccount = Type.Object({
  ...UpdateAccount.properties,
  password: Type.Optional(Password),
  new_password: Type.Optional(Password),
})

export const WithPassword = Type.Object({ password: Password })
export const WithPasswordAndCode = Type.Object({
  password: Password,
  code: Type.String({ maxLength: 100 }),
})
export const WithCode = Type.Object({ code: Type.String({ maxLength: 100 }) })

/** Heroku's OAuth session. */
export const presentSession = (session: Session) => ({
  id: session.id,
  created_at: session.createdAt,
  description: describe(session),
  expires_in: Math.max(0, Math.round((session.expiresAt.getTime() - Date.now()) / 1000)),
  updated_at: session.lastUsedAt,
})

const describe = ({ userAgent, remoteAddress }: Session): string =>
  `${userAgent ?? 'Browser'} @ ${remoteAddress ?? 'unknown address'}`
