import type { PlatformSettings } from '#/platform/platform.ts'

/** Of a page, for a browser: beyond this machine only https keeps a password and a session's cookie to itself. */
export const pageUrl = (
  { apiHost, apiPort }: Pick<PlatformSettings, 'apiHost' | 'apiPort'>,
  path: string,
): string => {
  const scheme = ['localhost', '127.0.0.1'].includes(apiHost) ? 'http' : 'https'
  return `${scheme}://${apiHost}:${apiPort}${path}`
}
