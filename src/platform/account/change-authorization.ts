import { transaction, type Db } from '#/foundation/db.ts'
import { conflict, invalidParams } from '#/foundation/errors.ts'
import { newToken } from '#/foundation/ids.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import type { Authorization } from './account.ts'
import {
  changeAuthorization,
  lockAuthorization,
  replaceToken,
  revokeAuthorization,
} from './authorization-store.ts'
import { findOauthClientBySecret } from './oauth-client-store.ts'

type Needs = Pick<Platform, 'db'>

export type AuthorizationChange = {
  description?: string | null
  /** Whoever knows the secret of a client, of theirs or not, may say that the token is that client's. */
  client?: { id: string; secret: string }
}

export const updateAuthorization = (
  { db }: Needs,
  actor: Actor,
  { id }: Authorization,
  change: AuthorizationChange,
): Promise<Authorization> =>
  transaction(db, async (tx) => {
    const before = await lockAuthorization(tx, actor, id)
    const after = await changeAuthorization(tx, actor, id, {
      description: change.description === undefined ? before.description : change.description,
      clientId: change.client ? await clientIdOf(tx, change.client) : before.clientId,
    })
    await noteChange(tx, actor, after, {
      action: 'update',
      before: { description: before.description, clientId: before.clientId },
      after: { description: after.description, clientId: after.clientId },
    })
    return after
  })

const clientIdOf = async (tx: Db, given: { id: string; secret: string }): Promise<string> => {
  const found = await findOauthClientBySecret(tx, given.id, given.secret)
  if (!found) throw invalidParams('There is no OAuth client of that id and secret.')
  return found.id
}

/**
 * The old token is void at once; the new one is in the answer and nowhere else. It ends when the old one would have.
 * Of two rotations at once one wins, so that no answer holds a token that is void already.
 */
export const rotateAuthorization = (
  { db }: Needs,
  actor: Actor,
  { id, tokenHint }: Authorization,
): Promise<{ authorization: Authorization; token: string }> =>
  transaction(db, async (tx) => {
    const before = await lockAuthorization(tx, actor, id)
    if (before.tokenHint !== tokenHint)
      throw conflict('This authorization has just been rotated by another request.')
    const token = newToken()
    const authorization = await replaceToken(tx, actor, id, token)
    await noteChange(tx, actor, authorization, { action: 'update', after: { rotated: true } })
    return { authorization, token }
  })

export const endAuthorization = (
  { db }: Needs,
  actor: Actor,
  authorization: Authorization,
): Promise<void> =>
  transaction(db, async (tx) => {
    await revokeAuthorization(tx, actor, authorization.id)
    await noteChange(tx, actor, authorization, {
      action: 'destroy',
      before: { description: authorization.description },
    })
  })

const noteChange = (
  tx: Db,
  actor: Actor,
  { id }: Authorization,
  change: { action: 'update' | 'destroy'; before?: unknown; after?: unknown },
): Promise<void> => insertEvent(tx, actor, { resource: 'authorization', resourceId: id, ...change })
