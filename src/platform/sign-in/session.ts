import { transaction, type Db } from '#/foundation/db.ts'
import { newSecret } from '#/foundation/ids.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import { setCookie } from '#/platform/page/page.ts'
import { deleteSessionOf, findSession, insertSession, type Session } from './session-store.ts'

const COOKIE = 'sluice_session'
const HALF_COOKIE = 'sluice_half'
const LIFETIME_SECONDS = 14 * 24 * 3600
const HALF_SECONDS = 600

type Cookies = ReadonlyMap<string, string>
type Browser = { cookies: Cookies; userAgent: string | null }

/** Whoever a browser's cookie belongs to. */
export const findSessionActor = async (
  db: Db,
  cookies: Cookies,
  origin: Pick<Actor, 'requestId' | 'remoteAddress'>,
): Promise<Actor | undefined> => {
  const secret = cookies.get(`__Host-${COOKIE}`)
  const session = secret ? await findSession(db, secret, 'full') : undefined
  return (
    session && {
      accountId: session.accountId,
      name: session.email,
      authorizationId: null,
      scope: ['global'],
      sessionId: session.id,
      signedInAt: session.signedInAt,
      ...origin,
    }
  )
}

/** Always a new one, with which whatever session the browser had before ends. Returns its cookies. */
export const startSession = (
  db: Db,
  actor: Actor,
  { cookies, userAgent, signedInAt }: Browser & { signedInAt?: Date | undefined },
): Promise<string[]> =>
  transaction(db, async (tx) => {
    if (actor.accountId === null) throw new Error('Only an account has sessions.')
    const { accountId, remoteAddress } = actor
    await endSession(tx, cookies)
    const secret = newSecret()
    const session = await insertSession(tx, {
      ...{ accountId, secret, remoteAddress, userAgent },
      level: 'full',
      lifetimeSeconds: LIFETIME_SECONDS,
      signedInAt,
    })
    await insertEvent(
      tx,
      { ...actor, sessionId: session.id },
      { resource: 'session', resourceId: session.id, action: 'create', after: { userAgent } },
    )
    return [setCookie(COOKIE, secret, LIFETIME_SECONDS), setCookie(HALF_COOKIE, '', 0)]
  })

/** The password was right; the code is still to come. */
export const startHalfSession = async (
  db: Db,
  { accountId, remoteAddress }: { accountId: string; remoteAddress: string | null },
  userAgent: string | null,
): Promise<string[]> => {
  const secret = newSecret()
  await insertSession(db, {
    ...{ accountId, secret, remoteAddress, userAgent },
    level: 'half',
    lifetimeSeconds: HALF_SECONDS,
  })
  return [setCookie(HALF_COOKIE, secret, HALF_SECONDS)]
}

export const findHalfSession = async (
  db: Db,
  cookies: Cookies,
): Promise<(Session & { email: string }) | undefined> => {
  const secret = cookies.get(`__Host-${HALF_COOKIE}`)
  return secret ? findSession(db, secret, 'half') : undefined
}

/** What the browser's cookies stood for is over. */
export const endSession = async (tx: Db, cookies: Cookies): Promise<string[]> => {
  for (const name of [COOKIE, HALF_COOKIE]) {
    const secret = cookies.get(`__Host-${name}`)
    if (secret) await deleteSessionOf(tx, secret)
  }
  return [setCookie(COOKIE, '', 0), setCookie(HALF_COOKIE, '', 0)]
}
