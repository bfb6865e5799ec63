import { transaction, type Db } from '#/foundation/db.ts'
import { aboutField, invalidParams, unauthorized } from '#/foundation/errors.ts'
import { hashPassword, isPasswordOf } from '#/foundation/password-hash.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import { checkNewPassword } from './password.ts'
import { letThrough, noteRefusal, type Needs } from './check-credentials.ts'
import { getCredentials, setPasswordHash, type Credentials } from './password-store.ts'
import { settleAttempt } from './sign-in-attempt-store.ts'
import { deleteSessions } from './session-store.ts'

/** The caller says the password once more. @throws 422 if it is wrong or there is none, 429 */
export const confirmPassword = async (
  { db }: Needs,
  actor: Actor,
  password: string,
): Promise<Credentials> => {
  if (actor.accountId === null) throw unauthorized()
  const found = await getCredentials(db, actor.accountId)
  if (found.passwordHash === null)
    throw invalidParams(
      'This account has no password yet. Set one by the link that was made for it.',
    )
  const attempt = { email: found.email, remoteAddress: actor.remoteAddress }
  await letThrough(db, attempt)
  if (!(await isPasswordOf(found.passwordHash, password))) {
    await noteRefusal({ db }, actor, found, 'a wrong password')
    throw aboutField('password', invalidParams('The password is wrong.'))
  }
  await transaction(db, (tx) => settleAttempt(tx, attempt, found.id))
  return found
}

/** Sets a new password; every other session of the account ends, tokens stay. */
export const changePassword = async (
  needs: Needs,
  actor: Actor,
  { password, newPassword }: { password: string; newPassword: string },
): Promise<void> => {
  checkNewPassword(newPassword)
  const { id } = await confirmPassword(needs, actor, password)
  const hash = await hashPassword(newPassword)
  await transaction(needs.db, (tx) => replacePassword(tx, actor, id, hash))
}

export const replacePassword = async (
  tx: Db,
  actor: Actor,
  accountId: string,
  hash: string,
): Promise<void> => {
  await setPasswordHash(tx, accountId, hash)
  await deleteSessions(tx, accountId, { except: actor.sessionId })
  await insertEvent(tx, actor, {
    resource: 'account',
    resourceId: accountId,
    action: 'update',
    after: { password: 'changed' },
  })
}
