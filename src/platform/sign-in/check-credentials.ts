import { transaction } from '#/foundation/db.ts'
import {
  aboutField,
  ApiError,
  forbidden,
  tooManyRequests,
  unauthorized,
} from '#/foundation/errors.ts'
import { newSecret } from '#/foundation/ids.ts'
import { hashPassword, isOutdated, isPasswordOf } from '#/foundation/password-hash.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { findCredentials, noteLogin, replaceHash, type Credentials } from './password-store.ts'
import {
  countAttempt,
  forgiveAttempt,
  settleAttempt,
  type Attempt,
} from './sign-in-attempt-store.ts'
import { useCode } from './use-code.ts'

export type Needs = Pick<Platform, 'db' | 'keyring'>

/** Where a request comes from. */
export type Origin = Pick<Actor, 'requestId' | 'remoteAddress'>

/** Heroku's id, at which the CLI asks for a code and sends all again with it. */
export const twoFactorNeeded = (
  message = 'A second authentication factor is required for your account.',
): ApiError => aboutField('code', new ApiError(403, 'two_factor', message))

/**
 * Where only the OpenID provider signs people in, no password is looked at, so that the refusal says nothing of accounts.
 * @throws 403
 */
export const requirePasswords = ({ openId }: Pick<Platform, 'openId'>): void => {
  if (openId?.isOnly)
    throw forbidden(
      `Passwords are not taken here: everybody signs in with ${openId.name}, in a browser. For a command line use \`heroku login\` or \`sluice login\`, without -i.`,
    )
}

/**
 * Whom e-mail address, password and (if the account wants one) code belong to, as the actor that signs in. An address
 * that nobody has is answered just like a wrong password, and takes as long.
 * @throws 401, 403 `two_factor`, 429
 */
export const signInByPassword = async (
  needs: Needs & Pick<Platform, 'openId'>,
  given: { email: string; password: string; code: string | undefined },
  origin: Origin,
): Promise<Actor> => {
  requirePasswords(needs)
  const found = await checkPassword(needs, given, origin)
  const attempt = { email: given.email, remoteAddress: origin.remoteAddress }
  if (found.twoFactor && given.code === undefined) {
    await transaction(needs.db, (tx) => forgiveAttempt(tx, attempt))
    throw twoFactorNeeded()
  }
  if (found.twoFactor && !(await useCode(needs, found.id, given.code ?? ''))) {
    await noteRefusal(needs, origin, found, 'a wrong code')
    throw twoFactorNeeded('The two-factor code is wrong, or has been used already.')
  }
  return settleSignIn(needs, found, attempt, origin)
}

/**
 * Half of a sign-in: the password is right; whether a code is needed is for the caller to see. The attempt is counted,
 * and stays so until it is forgiven or settled.
 */
export const checkPassword = async (
  { db }: Needs,
  { email, password }: { email: string; password: string },
  origin: Origin,
): Promise<Credentials> => {
  await letThrough(db, { email, remoteAddress: origin.remoteAddress })
  const found = await findCredentials(db, email)
  const hash = found?.passwordHash ?? (await nobodysHash())
  const isRight = await isPasswordOf(hash, password.slice(0, MOST_HASHED))
  if (!isRight || !found?.passwordHash) {
    await noteRefusal({ db }, origin, found, found ? 'a wrong password' : 'no such account')
    throw aboutField('password', unauthorized())
  }
  if (isOutdated(hash)) await replaceHash(db, found.id, hash, await hashPassword(password))
  return found
}

/** The account has signed in: what was counted against it is forgotten, and its event written. */
export const settleSignIn = (
  { db }: Pick<Platform, 'db'>,
  { id, email, twoFactor }: Credentials,
  attempt: Attempt,
  origin: Origin,
): Promise<Actor> =>
  transaction(db, async (tx) => {
    const actor: Actor = {
      accountId: id,
      name: email,
      authorizationId: null,
      scope: ['global'],
      ...origin,
    }
    await settleAttempt(tx, attempt, id)
    await noteLogin(tx, id)
    await insertEvent(tx, actor, {
      resource: 'sign-in',
      resourceId: id,
      action: 'create',
      after: { by: twoFactor ? 'password and code' : 'password' },
    })
    return actor
  })

/** @throws 429 if it is too early for another attempt. */
export const letThrough = async (db: Platform['db'], attempt: Attempt): Promise<void> => {
  const wait = await transaction(db, (tx) => countAttempt(tx, attempt))
  if (wait > 0)
    throw tooManyRequests(
      `Too many attempts. Please wait ${Math.ceil(wait)} seconds before the next.`,
      wait,
    )
}

/** What was typed as the address of nobody's account is not written down: it may be a password. */
export const noteRefusal = (
  { db }: Pick<Platform, 'db'>,
  origin: Origin,
  account: Pick<Credentials, 'id' | 'email'> | undefined,
  reason: string,
): Promise<void> =>
  insertEvent(
    db,
    {
      accountId: account?.id ?? null,
      name: account?.email ?? 'unknown',
      authorizationId: null,
      scope: [],
      ...origin,
    },
    {
      resource: 'sign-in',
      ...(account ? { resourceId: account.id } : {}),
      action: 'refuse',
      after: { reason },
    },
  )

const MOST_HASHED = 1_000

let nobodys: Promise<string> | undefined
/** No password's hash, made in the way of all others. */
const nobodysHash = (): Promise<string> => (nobodys ??= hashPassword(newSecret()))
