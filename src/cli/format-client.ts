import { formatPairs } from './table.ts'
import type { OauthClientJson } from './wire.ts'

export const formatClient = ({ id, name, redirect_uri: url, secret }: OauthClientJson): string =>
  `=== ${name}\n\n${formatPairs([
    ['id', id],
    ['redirect_uri', url],
    ['secret', secret],
  ])}`

/** As `eval` of a shell takes them. */
export const clientVariables = ({ id, secret }: OauthClientJson): string =>
  `HEROKU_OAUTH_ID=${id}\nHEROKU_OAUTH_SECRET=${secret}`

export const clientPath = (id: string): string => `/oauth/clients/${encodeURIComponent(id)}`
