import { isSignedBy, sign } from '#/foundation/crypto.ts'
import { notFound } from '#/foundation/errors.ts'
import type { ScopedAccess } from './route.ts'
import type { Platform } from './platform.ts'

/**
 * A URL that is its own permission, for clients that send no token with it: the output of a build or release, an
 * upload. It names one thing, ends after a time, and cannot be made without the platform's signing key.
 */
export const capabilityUrl = (
  { keyring, settings }: Pick<Platform, 'keyring' | 'settings'>,
  path: string,
  lifetimeMs: number,
): string => {
  const expires = Math.floor((Date.now() + lifetimeMs) / 1000)
  const signature = sign(keyring.signingKey, `${path} ${expires}`)
  return `http://${settings.apiHost}:${settings.apiPort}${path}?expires=${expires}&signature=${signature}`
}

/** For routes below such a URL: whoever has no valid one learns nothing (404). */
export const withCapability: ScopedAccess<undefined> = {
  name: 'anyone: holds a signed URL',
  reach: 'open',
  find: async ({ platform, request }) => {
    const url = new URL(request.url, 'http://localhost')
    if (!isCapability(platform, url)) throw notFound('stream')
    return undefined
  },
}

/** @param at when it was used, in milliseconds since 1970; now if not given */
export const isCapability = (
  { keyring }: Pick<Platform, 'keyring'>,
  { pathname, searchParams }: URL,
  at = Date.now(),
): boolean => {
  const expires = searchParams.get('expires') ?? ''
  const signature = searchParams.get('signature') ?? ''
  return (
    /^\d{1,12}$/.test(expires) &&
    Number(expires) * 1000 > at &&
    isSignedBy(keyring.signingKey, `${pathname} ${expires}`, signature)
  )
}
