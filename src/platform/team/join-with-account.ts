import { transaction } from '#/foundation/db.ts'
import { forbidden, violates } from '#/foundation/errors.ts'
import { hashPassword } from '#/foundation/password-hash.ts'
import { findFirstAccount } from '#/platform/account/account-store.ts'
import { systemActor, type Actor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import { replacePassword } from '#/platform/sign-in/change-password.ts'
import type { Origin } from '#/platform/sign-in/check-credentials.ts'
import { checkNewPassword } from '#/platform/sign-in/password.ts'
import { createAccount } from './create-account.ts'
import type { Invitation } from './invitation.ts'
import { acceptInvitation } from './invite-member.ts'

/**
 * Whether the invitation makes an account for somebody who has none. Its link must have come by mail, which proves the
 * address; or from the operator, since anybody else who is shown a link could take somebody's address with it.
 */
export const makesAccount = async (
  { db }: Pick<Platform, 'db'>,
  { byMail, invitedBy }: Pick<Invitation, 'byMail' | 'invitedBy'>,
): Promise<boolean> => byMail || (await findFirstAccount(db))?.id === invitedBy.id

/**
 * Makes the account that an invitation is for, with its password (none where the OpenID provider signs in), and accepts the invitation: all or nothing.
 * @returns the new account's person, as an actor
 */
export const joinWithAccount = async (
  platform: Pick<Platform, 'db'>,
  {
    invitation,
    token,
    password,
  }: { invitation: Invitation; token: string; password: string | null },
  origin: Origin,
): Promise<Actor> => {
  if (!(await makesAccount(platform, invitation))) throw forbidden(ASK_OPERATOR)
  if (password !== null) checkNewPassword(password)
  const hash = password === null ? null : await hashPassword(password)
  try {
    return await transaction(platform.db, async (tx) => {
      const { account } = await createAccount(
        tx,
        { ...systemActor('invitation'), ...origin },
        { email: invitation.email, tokenDescription: 'First token' },
      )
      const actor: Actor = {
        accountId: account.id,
        name: account.email,
        authorizationId: null,
        scope: ['global'],
        ...origin,
      }
      if (hash !== null) await replacePassword(tx, actor, account.id, hash)
      await acceptInvitation({ db: tx }, actor, token)
      return actor
    })
  } catch (error) {
    if (violates(error, 'accounts_email_key'))
      throw forbidden('There is an account of this address by now. Open the link again.')
    throw error
  }
}

export const ASK_OPERATOR =
  'There is no account of this address yet, and this platform sends no mail that would prove whose it is. Ask its operator to invite you.'
