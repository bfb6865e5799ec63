import { Type } from 'typebox'
import type { Authorization } from './account.ts'
import type { OauthClient } from './oauth-client.ts'

const Description = Type.Union([Type.String({ maxLength: 500 }), Type.Null()])

export const CreateAuthorization = Type.Object({
  description: Type.Optional(Description),
  /** Seconds; the CLI sends them as text. */
  expires_in: Type.Optional(
    Type.Union([
      Type.Integer({ minimum: 1 }),
      Type.String({ pattern: '^[0-9]{1,10}$' }),
      Type.Null(),
    ]),
  ),
  scope: Type.Optional(Type.Array(Type.String(), { maxItems: 20 })),
  client: Type.Optional(Type.Union([Type.String({ maxLength: 100 }), Type.Null()])),
})

export const UpdateAuthorization = Type.Object({
  description: Type.Optional(Description),
  client: Type.Optional(
    Type.Object({ id: Type.String({ maxLength: 100 }), secret: Type.String({ maxLength: 200 }) }),
  ),
})

/** @param token is shown once, to whoever has just made it; later only its first and last characters are. */
export const presentAuthorization = (
  authorization: Authorization,
  user: { id: string; email: string; name: string | null },
  clients: Map<string, OauthClient>,
  token: string = authorization.tokenHint,
) => ({
  id: authorization.id,
  access_token: { id: authorization.id, token, expires_in: secondsLeft(authorization.expiresAt) },
  client: presentClient(clients.get(authorization.clientId ?? '')),
  created_at: authorization.createdAt,
  description: authorization.description ?? '',
  grant: null,
  refresh_token: null,
  scope: authorization.scope,
  session: null,
  updated_at: authorization.updatedAt,
  user: { id: user.id, email: user.email, full_name: user.name },
})

const presentClient = (client: OauthClient | undefined) =>
  client ? { id: client.id, name: client.name, redirect_uri: client.redirectUri } : null

const secondsLeft = (expiresAt: Date | null): number | null =>
  expiresAt && Math.max(0, Math.round((expiresAt.getTime() - Date.now()) / 1000))
