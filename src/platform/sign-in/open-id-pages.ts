import { seal } from '#/foundation/crypto.ts'
import { transaction } from '#/foundation/db.ts'
import { forbidden, messageOf, notFound, serviceUnavailable } from '#/foundation/errors.ts'
import {
  beginOpenId,
  finishOpenId,
  type OpenIdAttempt,
  type OpenIdIdentity,
  type OpenIdSettings,
} from '#/foundation/open-id.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import { unsealByMaster } from '#/platform/keyring.ts'
import { page, setCookie, type Answer, type Visit } from '#/platform/page/page.ts'
import { ownPath } from '#/platform/page/same-origin.ts'
import type { Platform } from '#/platform/platform.ts'
import { noteRefusal, type Origin } from './check-credentials.ts'
import { findIdentity, insertIdentity } from './identity-store.ts'
import { findCredentials, getCredentials, noteLogin, type Credentials } from './password-store.ts'
import { pageUrl } from './platform-url.ts'
import { startHalfSession, startSession } from './session.ts'
import { codeForm, HOME } from './sign-in-pages.ts'

const CALLBACK = '/sign-in/openid/callback'
const COOKIE = 'sluice_openid'
const LIFETIME_SECONDS = 600
const PLACE = ['cookies', COOKIE]

/** What the browser keeps meanwhile, sealed: only the browser that began can end. */
type Kept = OpenIdAttempt & { next: string; until: number }

const begin = async ({ platform, query }: Visit): Promise<Answer> => {
  const settings = providerOf(platform)
  const next = ownPath(query['next'], HOME)
  const begun = await beginOpenId(settings, pageUrl(platform.settings, CALLBACK), {
    isAgain: query['again'] !== undefined,
  }).catch((error: unknown) => {
    platform.log.warn({ reason: messageOf(error) }, 'the OpenID provider cannot be reached')
    throw serviceUnavailable(`${settings.name} cannot be reached. Try again in a moment.`)
  })
  const kept: Kept = { ...begun.attempt, next, until: Date.now() + LIFETIME_SECONDS * 1000 }
  const sealed = seal(platform.keyring.masterKey, PLACE, JSON.stringify(kept))
  return { redirect: begun.url, cookies: [setCookie(COOKIE, sealed, LIFETIME_SECONDS)] }
}

const finish = async (visit: Visit): Promise<Answer> => {
  const { platform, url, origin, userAgent } = visit
  const settings = providerOf(platform)
  const kept = openCookie(visit)
  if (!kept)
    throw forbidden('This sign-in was not begun in this browser, or too long ago. Begin again.')
  const identity = await finishOpenId(
    settings,
    new URL(pageUrl(platform.settings, url)),
    kept,
  ).catch(async (error: unknown) => {
    platform.log.warn({ reason: messageOf(error) }, 'a sign-in by OpenID has failed')
    await noteRefusal(
      platform,
      origin,
      undefined,
      `OpenID: no answer of ${settings.issuer} that fits`,
    )
    throw forbidden(`${settings.name} did not sign you in.`)
  })
  const account = await findAccountOf(platform, identity, origin)
  if (!account) {
    await noteRefusal(
      platform,
      origin,
      undefined,
      `OpenID: no such account, says ${identity.issuer}`,
    )
    throw forbidden(
      `There is no account here for the address that ${settings.name} vouches for. Ask to be invited.`,
    )
  }
  const forget = setCookie(COOKIE, '', 0)
  if (account.twoFactor) {
    const whose = { accountId: account.id, remoteAddress: origin.remoteAddress }
    const cookies = await startHalfSession(platform.db, whose, userAgent)
    return { ...codeForm(kept.next), cookies: [...cookies, forget] }
  }
  const actor = actorOf(account, origin)
  const cookies = await transaction(platform.db, async (tx) => {
    await noteLogin(tx, account.id)
    await insertEvent(tx, actor, {
      resource: 'sign-in',
      resourceId: account.id,
      action: 'create',
      after: { by: `OpenID ${identity.issuer}` },
    })
    return startSession(tx, actor, { ...visit, signedInAt: identity.signedInAt })
  })
  return { redirect: kept.next, cookies: [...cookies, forget] }
}

/**
 * The account that the identity is linked to. The first time it is linked to the one whose address the provider has
 * verified; accounts are not made here, and none changes its identity.
 */
const findAccountOf = (
  { db }: Pick<Platform, 'db'>,
  { issuer, subject, email, isEmailVerified }: OpenIdIdentity,
  origin: Origin,
): Promise<Credentials | undefined> =>
  transaction(db, async (tx) => {
    const linked = await findIdentity(tx, { issuer, subject })
    if (linked !== undefined) return getCredentials(tx, linked)
    const found = isEmailVerified && email !== undefined && (await findCredentials(tx, email))
    if (!found) return undefined
    if (!(await insertIdentity(tx, { accountId: found.id, issuer, subject }))) return undefined
    await insertEvent(tx, actorOf(found, origin), {
      resource: 'identity',
      resourceId: found.id,
      action: 'create',
      after: { issuer },
    })
    return found
  })

const actorOf = ({ id, email }: Credentials, origin: Origin): Actor => ({
  accountId: id,
  name: email,
  authorizationId: null,
  scope: ['global'],
  ...origin,
})

const providerOf = ({ openId }: Pick<Platform, 'openId'>): OpenIdSettings => {
  if (!openId) throw notFound('page', 'This platform knows no OpenID provider.')
  return openId
}

const openCookie = ({ platform, cookies }: Visit): Kept | undefined => {
  try {
    const sealed = cookies.get(`__Host-${COOKIE}`) ?? ''
    const kept = JSON.parse(unsealByMaster(platform.keyring, PLACE, sealed).toString()) as Kept
    return kept.until > Date.now() ? kept : undefined
  } catch {
    return undefined
  }
}

export const openIdPages = [
  page('GET', '/sign-in/openid', 'sends to the provider', begin),
  page('GET', CALLBACK, 'a code of the provider, for the browser that began', finish),
]
