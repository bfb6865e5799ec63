import { transaction } from '#/foundation/db.ts'
import { conflict } from '#/foundation/errors.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { confirmPassword } from './change-password.ts'
import { letThrough, noteRefusal, twoFactorNeeded, type Needs } from './check-credentials.ts'
import { lockCredentials, type Credentials } from './password-store.ts'
import { deleteSessions } from './session-store.ts'
import { settleAttempt } from './sign-in-attempt-store.ts'
import { findStep, newRecoveryCodes, newSeed, otpauthUri, toBase32 } from './totp.ts'
import {
  confirmSeed,
  deleteTwoFactor,
  findTwoFactor,
  insertSeed,
  replaceRecoveryCodes,
  useStep,
} from './two-factor-store.ts'
import { useCode } from './use-code.ts'

type Given = { password: string; code: string }

/** First half of enabling: a seed for the authenticator app, which counts once a code of it has come back. */
export const beginTwoFactor = async (
  platform: Needs & Pick<Platform, 'settings'>,
  actor: Actor,
  password: string,
): Promise<{ secret: string; uri: string }> => {
  const { id, email } = await confirmPassword(platform, actor, password)
  const { db, keyring, settings } = platform
  const seed = newSeed()
  await transaction(db, async (tx) => {
    if ((await lockCredentials(tx, id)).twoFactor) throw conflict(ENABLED)
    await insertSeed(tx, keyring, id, seed)
  })
  const uri = otpauthUri(seed, email, `${settings.apiHost}:${settings.apiPort}`)
  return { secret: toBase32(seed), uri }
}

const ENABLED = 'Two-factor authentication is enabled already. Disable it first to begin anew.'
const NOT_ENABLED = 'Two-factor authentication is not enabled.'

/** Second half: the app's first code. @returns recovery codes, which are shown this once */
export const confirmTwoFactor = async (
  { db, keyring }: Needs,
  actor: Actor,
  code: string,
): Promise<string[]> => {
  const accountId = idOf(actor)
  return transaction(db, async (tx) => {
    const { twoFactor } = await lockCredentials(tx, accountId)
    if (twoFactor) throw conflict(ENABLED)
    const begun = await findTwoFactor(tx, keyring, accountId)
    if (!begun) throw conflict('Ask for a secret first.')
    const step = findStep(begun.seed, code)
    if (step === undefined)
      throw twoFactorNeeded('That code is wrong. Is the clock of your device right?')
    await useStep(tx, accountId, step)
    await confirmSeed(tx, accountId)
    const codes = newRecoveryCodes()
    await replaceRecoveryCodes(tx, accountId, codes)
    await deleteSessions(tx, accountId, { except: actor.sessionId })
    await noteChange(tx, actor, accountId, { twoFactor: true })
    return codes
  })
}

export const disableTwoFactor = async (needs: Needs, actor: Actor, given: Given): Promise<void> => {
  const { id } = await confirmBoth(needs, actor, given)
  await transaction(needs.db, async (tx) => {
    await lockCredentials(tx, id)
    await deleteTwoFactor(tx, id)
    await deleteSessions(tx, id, { except: actor.sessionId })
    await noteChange(tx, actor, id, { twoFactor: false })
  })
}

/** New recovery codes in place of all earlier ones. */
export const renewRecoveryCodes = async (
  needs: Needs,
  actor: Actor,
  given: Given,
): Promise<string[]> => {
  const { id } = await confirmBoth(needs, actor, given)
  const codes = newRecoveryCodes()
  await transaction(needs.db, async (tx) => {
    if (!(await lockCredentials(tx, id)).twoFactor) throw conflict(NOT_ENABLED)
    await replaceRecoveryCodes(tx, id, codes)
    await noteChange(tx, actor, id, { recoveryCodes: 'renewed' })
  })
  return codes
}

const confirmBoth = async (
  needs: Needs,
  actor: Actor,
  { password, code }: Given,
): Promise<Credentials> => {
  const found = await confirmPassword(needs, actor, password)
  if (!found.twoFactor) throw conflict(NOT_ENABLED)
  await spendCode(needs, actor, found, code)
  return found
}

/** A code of the caller's own account, used up by this. @throws 403 `two_factor`, 429 */
export const spendCode = async (
  needs: Needs,
  actor: Actor,
  { id, email }: Pick<Credentials, 'id' | 'email'>,
  code: string,
): Promise<void> => {
  const attempt = { email, remoteAddress: actor.remoteAddress }
  await letThrough(needs.db, attempt)
  if (!(await useCode(needs, id, code))) {
    await noteRefusal(needs, actor, { id, email }, 'a wrong code')
    throw twoFactorNeeded('The two-factor code is wrong, or has been used already.')
  }
  await transaction(needs.db, (tx) => settleAttempt(tx, attempt, id))
}

const noteChange = (
  tx: Platform['db'],
  actor: Actor,
  accountId: string,
  after: object,
): Promise<void> =>
  insertEvent(tx, actor, { resource: 'account', resourceId: accountId, action: 'update', after })

const idOf = ({ accountId }: Actor): string => {
  if (accountId === null) throw conflict('Only an account has a second factor.')
  return accountId
}
