import { transaction, type Db } from '#/foundation/db.ts'
import { forbidden, invalidParams } from '#/foundation/errors.ts'
import { newToken } from '#/foundation/ids.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import { covers, isScope, SCOPES, type Scope } from '#/platform/event/scope.ts'
import type { Platform } from '#/platform/platform.ts'
import { getOwnAccount } from './account-store.ts'
import type { Authorization } from './account.ts'
import { insertAuthorization } from './authorization-store.ts'
import { requireFreshSignIn } from './fresh-sign-in.ts'
import { findOauthClient } from './oauth-client-store.ts'

export type AuthorizationInput = {
  description?: string | null
  /** Seconds from now; null or missing: for ever. */
  expires_in?: number | string | null
  scope?: string[]
  /** Id of a client of the caller's. */
  client?: string | null
}

const LONGEST_SECONDS = 10 * 365 * 24 * 3600

/** Makes a token of the caller's, no wider than the caller's own. It is in the answer and nowhere else. */
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
      scope: scopeOf(actor, input),
      expiresAt: endOf(input.expires_in),
      clientId: await clientOf(tx, actor, input),
    })
    await insertEvent(tx, actor, {
      resource: 'authorization',
      resourceId: authorization.id,
      action: 'create',
      after: {
        description: authorization.description,
        scope: authorization.scope,
        expiresAt: authorization.expiresAt,
        ...(authorization.clientId ? { clientId: authorization.clientId } : {}),
      },
    })
    return { authorization, token }
  })

const scopeOf = (actor: Actor, { scope = ['global'] }: AuthorizationInput): Scope[] => {
  const wanted = [...new Set(scope)].filter(isScope).filter((one) => one !== 'deploy')
  if (wanted.length === 0 || wanted.length < new Set(scope).size)
    throw invalidParams(`scope must be some of ${SCOPES.join(', ')}.`)
  const wider = wanted.find((one) => !covers(actor.scope, one))
  if (wider)
    throw forbidden(`A token cannot make a wider one than itself, and this one lacks ${wider}.`)
  return wanted
}

/** @throws 422 */
export const endOf = (
  expiresIn: number | string | null | undefined,
  longestSeconds = LONGEST_SECONDS,
): Date | null => {
  if (expiresIn === undefined || expiresIn === null) return null
  const seconds = Number(expiresIn)
  if (seconds < 1 || seconds > longestSeconds)
    throw invalidParams(`expires_in must be between 1 and ${longestSeconds} seconds.`)
  return new Date(Date.now() + seconds * 1000)
}

const clientOf = async (
  tx: Db,
  actor: Actor,
  { client }: AuthorizationInput,
): Promise<string | null> => {
  if (client === undefined || client === null) return null
  const found = await findOauthClient(tx, actor, client)
  if (!found) throw invalidParams(`You have no OAuth client ${client}.`)
  return found.id
}
