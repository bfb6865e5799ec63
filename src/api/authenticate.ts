import type { FastifyRequest } from 'fastify'
import type { Db } from '#/foundation/db.ts'
import { unauthorized } from '#/foundation/errors.ts'
import { findTokenActor } from '#/platform/account/find-token-actor.ts'
import type { Actor } from '#/platform/event/actor.ts'

/** Whoever the request's token belongs to. @throws 401 */
export const authenticate = async (db: Db, request: FastifyRequest): Promise<Actor> => {
  const actor = await findTokenActor(db, request.headers.authorization, {
    requestId: request.id,
    remoteAddress: request.socket.remoteAddress ?? null,
  })
  if (!actor) throw unauthorized()
  return actor
}

/** Somebody with nothing but a URL. */
export const anonymous = (request: FastifyRequest): Actor => ({
  accountId: '00000000-0000-0000-0000-000000000000',
  name: 'anonymous',
  authorizationId: null,
  scope: [],
  requestId: request.id,
  remoteAddress: request.socket.remoteAddress ?? null,
})
