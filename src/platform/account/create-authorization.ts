import { transaction } from '#/foundation/db.ts'
import { invalidParams } from '#/foundation/errors.ts'
import { newToken } from '#/foundation/ids.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { getOwnAccount } from './account-store.ts'
import type { Authorization } from './account.ts'
import { insertAuthorization } from './authorization-store.ts'
import { requireFreshSignIn } from './fresh-sign-in.ts'

export type AuthorizationInput = {
  description?: string | null
  /** Seconds from now; null or missing: for ever. */
  expires_in?: number | string | null
  scope?: string[]
}

const LONGEST_SECONDS = 10 * 365 * 24 * 3600

/** Makes a token of the caller's. It is in the answer and nowhere else. */
export const createAuthorization = (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  input: AuthorizationInput,
): Promise<{ authorization: Authorization; token: string }> =>
  transaction(db, async (tx) => {
    requireFreshSignIn(actor)
    const token = newToken()
    const authorization = await insertAuthorization(tx, {
      accountId: (await getOwnAccount(tx, actor)).id,
      token,
      description: input.description ?? null,
      scope: scopeOf(input),
      expiresAt: endOf(input),
    })
    await insertEvent(tx, actor, {
      resource: 'authorization',
      resourceId: authorization.id,
      action: 'create',
      after: { description: authorization.description, expiresAt: authorization.expiresAt },
    })
    return { authorization, token }
  })

/** A narrower token that could do everything all the same would be a lie. */
const scopeOf = ({ scope = ['global'] }: AuthorizationInput): string[] => {
  if (scope.length === 1 && scope[0] === 'global') return scope
  throw invalidParams('The only scope of a token here is global.')
}

const endOf = ({ expires_in: expiresIn }: AuthorizationInput): Date | null => {
  if (expiresIn === undefined || expiresIn === null) return null
  const seconds = Number(expiresIn)
  if (seconds < 1 || seconds > LONGEST_SECONDS)
    throw invalidParams(`expires_in must be between 1 and ${LONGEST_SECONDS} seconds.`)
  return new Date(Date.now() + seconds * 1000)
}
