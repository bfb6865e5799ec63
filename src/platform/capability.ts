import { isSignedBy, sign } from '#/foundation/crypto.ts'
import { masterKeysOf } from '#/platform/keyring.ts'
import { notFound } from '#/foundation/errors.ts'
import type { Access } from './route.ts'
import type { Actor } from './event/actor.ts'
import type { Platform } from './platform.ts'

/**
 * A URL that is its own permission, for clients that send no token with it: the output of a build or release, an
 * upload. It names one thing, ends after a time, and cannot be made without the platform's signing key.
 * @param holder who it is made for, if it is to be good no longer than their permission
 */
export const capabilityUrl = (
  { keyring, settings }: Pick<Platform, 'keyring' | 'settings'>,
  path: string,
  lifetimeMs: number,
  holder?: Holder,
): string => {
  const expires = Math.floor((Date.now() + lifetimeMs) / 1000)
  const held = holder ? `${holder.accountId ?? ''}.${holder.authorizationId ?? ''}` : ''
  const signature = sign(keyring.signingKey, signedText(path, expires, held))
  const query = `?expires=${expires}${held && `&holder=${held}`}&signature=${signature}`
  return `http://${settings.apiHost}:${settings.apiPort}${path}${query}`
}

type Holder = Pick<Actor, 'accountId' | 'authorizationId'>

const signedText = (path: string, expires: string | number, held: string): string =>
  held === '' ? `${path} ${expires}` : `${path} ${expires} ${held}`

/** Who a URL was made for, whose signature has been checked. */
export const holderOf = (url: string): Holder => {
  const held = new URL(url, 'http://localhost').searchParams.get('holder')
  const [accountId, authorizationId] = held?.split('.') ?? []
  if (!accountId) throw notFound('stream')
  return { accountId, authorizationId: authorizationId || null }
}

/** For routes below such a URL: whoever has no valid one learns nothing (404). */
export const withCapability: Access<undefined> = {
  name: 'anyone: holds a signed URL',
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
  const held = searchParams.get('holder') ?? ''
  return (
    /^\d{1,12}$/.test(expires) &&
    Number(expires) * 1000 > at &&
    masterKeysOf(keyring).some(({ signingKey }) =>
      isSignedBy(signingKey, signedText(pathname, expires, held), signature),
    )
  )
}
