import type { IncomingHttpHeaders } from 'node:http'

/**
 * Whether a browser sends this from a page of our own. `Sec-Fetch-Site` says so where a browser has it (https, and
 * localhost), else `Origin`; with neither it is not believed. For whatever is done on the strength of a cookie.
 */
export const isSameOrigin = (headers: IncomingHttpHeaders): boolean => {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin'
  const { origin, host } = headers
  if (origin === undefined || host === undefined || !URL.canParse(origin)) return false
  return new URL(origin).host === host.toLowerCase()
}

/** As `isSameOrigin` for reading, where a browser may also have been sent by its person alone. */
export const isSameOriginRead = (headers: IncomingHttpHeaders): boolean => {
  const site = headers['sec-fetch-site']
  return site === undefined
    ? headers.origin === undefined || isSameOrigin(headers)
    : site === 'same-origin' || site === 'none'
}

/** Where to go after a form: a path of our own, whatever was asked for. */
export const ownPath = (asked: string | null | undefined, otherwise: string): string =>
  asked !== null && asked !== undefined && /^\/(?![/\\])[\w\-./~?=&%]*$/.test(asked)
    ? asked
    : otherwise
