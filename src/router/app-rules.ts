import { createHash, timingSafeEqual } from 'node:crypto'
import type { AppRoute } from '#/platform/domain/route-feed.ts'
import { closed, elsewhere, type Answer } from './answer.ts'
import type { Origin } from './forwarded-heads.ts'
import { headerValues, withoutHeaders } from './header-lines.ts'
import type { RequestHead } from './request-head.ts'

/** What an app asks of the requests to it, beyond the usual. */
export type Rules = {
  httpsOnly: boolean
  auth: { salt: string; hash: Buffer } | undefined
  hasAffinity: boolean
}

export const rulesOf = ({ httpsOnly, hasAffinity, auth }: AppRoute): Rules | undefined =>
  httpsOnly || hasAffinity || auth
    ? {
        httpsOnly: httpsOnly === true,
        hasAffinity: hasAffinity === true,
        auth: auth ? { salt: auth.salt, hash: Buffer.from(auth.hash, 'hex') } : undefined,
      }
    : undefined

/**
 * The answer to a request that may not go on. What opened the door is taken out of the request: it is for the router.
 * @param securePort where TLS is spoken; 0: nowhere
 */
export const turnedAway = (
  rules: Rules,
  request: RequestHead,
  { realm, origin, securePort }: { realm: string; origin: Origin; securePort: number },
): Answer | undefined => {
  if (rules.httpsOnly && origin.protocol === 'http' && securePort !== 0)
    return elsewhere(isSafe(request) ? 301 : 308, secureUrl(request, securePort))
  if (!rules.auth) return undefined
  const values = headerValues(request.passed, 'authorization')
  const [given = ''] = values
  if (values.length !== 1 || !isRight(rules.auth, given)) return closed(realm)
  request.passed = withoutHeaders(request.passed, ['authorization'])
  return undefined
}

/** Its method is kept when it is sent elsewhere: there is no body to lose. */
const isSafe = ({ method }: RequestHead): boolean => method === 'GET' || method === 'HEAD'

const secureUrl = ({ host, target }: RequestHead, port: number): string =>
  `https://${host}${port === 443 ? '' : `:${port}`}${target === '*' ? '/' : target}`

const BASIC = /^basic +([A-Za-z0-9+/]+={0,2})$/i

const isRight = ({ salt, hash }: { salt: string; hash: Buffer }, value: string): boolean => {
  const encoded = BASIC.exec(value)?.[1]
  if (encoded === undefined || encoded.length > LONGEST) return false
  const given = createHash('sha256').update(salt).update(Buffer.from(encoded, 'base64')).digest()
  return given.length === hash.length && timingSafeEqual(given, hash)
}

const LONGEST = 1_000

const COOKIE = 'heroku-session-affinity'

/** The dyno that answered this client before, as its cookie says; ''. */
export const preferredDyno = ({ passed }: RequestHead): string => {
  for (const line of headerValues(passed, 'cookie'))
    for (const pair of line.split(';')) {
      const [name = '', value = ''] = pair.trim().split('=')
      if (name === COOKIE) return value
    }
  return ''
}

const SECONDS = 86_400

/** The line that has the client come back to that dyno. */
export const affinityLine = (dynoId: string, { protocol }: Origin): string =>
  `Set-Cookie: ${COOKIE}=${dynoId}; Path=/; Max-Age=${SECONDS}; HttpOnly; ` +
  `${protocol === 'https' ? 'Secure; SameSite=None' : 'SameSite=Lax'}\r\n`
