import { transaction } from '#/foundation/db.ts'
import { aboutField, invalidParams, notFound, violates } from '#/foundation/errors.ts'
import { hashPassword } from '#/foundation/password-hash.ts'
import { changeEmail } from '#/platform/account/account-store.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { deleteLinks, findLink, takeLink, type LinkKind } from './account-link-store.ts'
import { replacePassword } from './change-password.ts'
import type { Origin } from './check-credentials.ts'
import { checkNewPassword } from './password.ts'

const EMAIL = /^[^@\s]+@[^@\s]+$/

/**
 * Sets password, and e-mail address if one is given, of the account that a one-time link was made for; then the link
 * is dead. A refused password or address leaves it alive.
 * @returns the account's person, as an actor
 */
export const useLink = async (
  { db }: Pick<Platform, 'db'>,
  { kind, token }: { kind: LinkKind; token: string },
  { email, password }: { email?: string; password: string },
  origin: Origin,
): Promise<Actor> => {
  const found = await findLink(db, kind, token)
  if (!found) throw deadLink()
  if (email !== undefined && (!EMAIL.test(email) || email.length > 254))
    throw aboutField('email', invalidParams('That is no e-mail address.'))
  checkNewPassword(password)
  const hash = await hashPassword(password)
  try {
    return await transaction(db, async (tx) => {
      const accountId = await takeLink(tx, kind, token)
      if (accountId === undefined) throw deadLink()
      const name = email ?? found.email
      const actor: Actor = { accountId, name, authorizationId: null, scope: ['global'], ...origin }
      await replacePassword(tx, actor, accountId, hash)
      await deleteLinks(tx, accountId)
      if (name !== found.email) {
        await changeEmail(tx, accountId, name)
        await insertEvent(tx, actor, {
          resource: 'account',
          resourceId: accountId,
          action: 'update',
          before: { email: found.email },
          after: { email: name },
        })
      }
      return actor
    })
  } catch (error) {
    if (violates(error, 'accounts_email_key'))
      throw aboutField('email', invalidParams('That e-mail address belongs to another account.'))
    throw error
  }
}

export const deadLink = () =>
  notFound('link', 'This link has been used already, or its time has passed. Ask for a new one.')
