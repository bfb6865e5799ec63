import type { FastifyRequest } from 'fastify'
import type { Db } from '#/foundation/db.ts'
import { unauthorized } from '#/foundation/errors.ts'
import { findTokenHolder } from '#/platform/account/authorization-store.ts'
import type { Actor } from '#/platform/event/actor.ts'

/** Whoever the request's token belongs to: `Bearer TOKEN`, or Basic with the token as password, as git sends it. */
export const authenticate = async (db: Db, request: FastifyRequest): Promise<Actor> => {
  const token = tokenOf(request.headers.authorization)
  const holder = token === undefined ? undefined : await findTokenHolder(db, token)
  if (!holder) throw unauthorized()
  return {
    accountId: holder.accountId,
    name: holder.email,
    authorizationId: holder.authorizationId,
    requestId: request.id,
    remoteAddress: request.socket.remoteAddress ?? null,
  }
}

export const tokenOf = (header: string | undefined): string | undefined => {
  const [scheme, credentials] = header?.split(/\s+/, 2) ?? []
  if (!scheme || !credentials) return undefined
  if (scheme.toLowerCase() === 'bearer') return credentials
  if (scheme.toLowerCase() !== 'basic') return undefined
  const [, password] = Buffer.from(credentials, 'base64').toString().split(/:(.*)/s, 2)
  return password || undefined
}

/** Somebody with nothing but a URL. */
export const anonymous = (request: FastifyRequest): Actor => ({
  accountId: '00000000-0000-0000-0000-000000000000',
  name: 'anonymous',
  authorizationId: null,
  requestId: request.id,
  remoteAddress: request.socket.remoteAddress ?? null,
})
