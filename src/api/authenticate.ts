import type { FastifyRequest } from 'fastify'
import { unauthorized } from '#/foundation/errors.ts'
import { findTokenActor } from '#/platform/account/find-token-actor.ts'
import { parseCookies } from '#/platform/page/page.ts'
import { isSameOrigin, isSameOriginRead } from '#/platform/page/same-origin.ts'
import { ANONYMOUS_ID, type Actor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import type { Route } from '#/platform/route.ts'
import { basicCredentials } from '#/platform/sign-in/basic-credentials.ts'
import { signInByPassword } from '#/platform/sign-in/check-credentials.ts'
import { findSessionActor } from '#/platform/sign-in/session.ts'

/**
 * Whoever the request's token belongs to; or on some routes its e-mail address and password; or, where no
 * Authorization header says otherwise, its session's cookie, if a page of our own sends it. @throws 401
 */
export const authenticate = async (
  platform: Pick<Platform, 'db' | 'keyring' | 'openId'>,
  { takesPassword }: Pick<Route, 'takesPassword'>,
  request: FastifyRequest,
): Promise<Actor> => {
  const origin = { requestId: request.id, remoteAddress: request.socket.remoteAddress ?? null }
  const { authorization } = request.headers
  const actor = !authorization
    ? await findCookieActor(platform.db, request, origin)
    : await findTokenActor(platform.db, authorization, origin)
  if (actor) return actor
  const credentials = takesPassword && basicCredentials(authorization)
  if (!credentials) throw unauthorized()
  const code = request.headers['heroku-two-factor-code']
  return signInByPassword(platform, { ...credentials, code: code?.toString() }, origin)
}

const findCookieActor = async (
  db: Platform['db'],
  { headers, method }: FastifyRequest,
  origin: Pick<Actor, 'requestId' | 'remoteAddress'>,
): Promise<Actor | undefined> => {
  const isReading = method === 'GET' || method === 'HEAD'
  const isOurs = isReading ? isSameOriginRead(headers) : isSameOrigin(headers)
  return isOurs ? findSessionActor(db, parseCookies(headers.cookie), origin) : undefined
}

/** Somebody with nothing but a URL. */
export const anonymous = (request: FastifyRequest): Actor => ({
  accountId: ANONYMOUS_ID,
  name: 'anonymous',
  authorizationId: null,
  scope: [],
  requestId: request.id,
  remoteAddress: request.socket.remoteAddress ?? null,
})
