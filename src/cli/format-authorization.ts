import { formatPairs, formatTime } from './table.ts'
import type { AuthorizationJson } from './wire.ts'

/** In the official CLI's words. */
export const formatAuthorization = (authorization: AuthorizationJson): string => {
  const { client, access_token: token } = authorization
  const pairs: [string, string][] = [
    ['Client', client?.name ?? '<none>'],
    ...(client ? [['Redirect URI', client.redirect_uri] satisfies [string, string]] : []),
    ['ID', authorization.id],
    ['Description', authorization.description],
    ['Scope', authorization.scope.join(',')],
    ['Token', token.token],
  ]
  if (token.expires_in !== null)
    pairs.push(['Expires at', new Date(Date.now() + token.expires_in * 1000).toISOString()])
  pairs.push(['Updated at', formatTime(authorization.updated_at)])
  return formatPairs(pairs)
}

export const authorizationPath = (id: string): string =>
  `/oauth/authorizations/${encodeURIComponent(id)}`
