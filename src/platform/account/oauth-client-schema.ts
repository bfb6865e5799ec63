import { Type } from 'typebox'
import type { OauthClient } from './oauth-client.ts'

/** Shown to people who are asked to trust it: no control characters, no marks that turn the text around. */
const Name = Type.String({
  minLength: 1,
  maxLength: 100,
  pattern: '^[^\\s\\p{C}][^\\p{C}]*$',
})
const RedirectUri = Type.String({ minLength: 1, maxLength: 2000 })

export const CreateOauthClient = Type.Object({ name: Name, redirect_uri: RedirectUri })

export const UpdateOauthClient = Type.Object({
  name: Type.Optional(Name),
  redirect_uri: Type.Optional(RedirectUri),
})

/** @param secret is shown once, to whoever has just made or rotated it; later only its first and last characters are. */
export const presentOauthClient = (client: OauthClient, secret: string = client.secretHint) => ({
  id: client.id,
  created_at: client.createdAt,
  ignores_delinquent: null,
  name: client.name,
  redirect_uri: client.redirectUri,
  secret,
  updated_at: client.updatedAt,
})
