import type { Db } from '#/foundation/db.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { findTokenHolder } from './authorization-store.ts'

type Origin = Pick<Actor, 'requestId' | 'remoteAddress'>

/**
 * Whoever the token of an Authorization header belongs to: `Bearer TOKEN`, or Basic with the token as password, as
 * git sends it. Undefined if it is nobody's.
 */
export const findTokenActor = async (
  db: Db,
  header: string | undefined,
  origin: Origin,
): Promise<Actor | undefined> => {
  const token = tokenOf(header)
  const holder = token === undefined ? undefined : await findTokenHolder(db, token)
  return (
    holder && {
      accountId: holder.accountId,
      name: holder.email,
      authorizationId: holder.authorizationId,
      tokenMark: holder.tokenMark,
      scope: holder.scope,
      ...(holder.boundTo ? { boundTo: holder.boundTo } : {}),
      ...origin,
    }
  )
}

const tokenOf = (header: string | undefined): string | undefined => {
  const [scheme, credentials] = header?.split(/\s+/, 2) ?? []
  if (!scheme || !credentials) return undefined
  if (scheme.toLowerCase() === 'bearer') return credentials
  if (scheme.toLowerCase() !== 'basic') return undefined
  const [, password] = Buffer.from(credentials, 'base64').toString().split(/:(.*)/s, 2)
  return password || undefined
}
