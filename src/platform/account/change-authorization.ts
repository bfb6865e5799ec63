import { transaction, type Db } from '#/foundation/db.ts'
import { newToken } from '#/foundation/ids.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import type { Authorization } from './account.ts'
import { describeAuthorization, replaceToken, revokeAuthorization } from './authorization-store.ts'

type Needs = Pick<Platform, 'db'>

export const renameAuthorization = (
  { db }: Needs,
  actor: Actor,
  authorization: Authorization,
  description: string | null,
): Promise<Authorization> =>
  transaction(db, async (tx) => {
    const after = await describeAuthorization(tx, actor, authorization.id, description)
    await noteChange(tx, actor, authorization, {
      action: 'update',
      before: { description: authorization.description },
      after: { description },
    })
    return after
  })

/** The old token is void at once; the new one is in the answer and nowhere else. It ends when the old one would have. */
export const rotateAuthorization = (
  { db }: Needs,
  actor: Actor,
  authorization: Authorization,
): Promise<{ authorization: Authorization; token: string }> =>
  transaction(db, async (tx) => {
    const token = newToken()
    const after = await replaceToken(tx, actor, authorization.id, token)
    await noteChange(tx, actor, authorization, { action: 'update', after: { rotated: true } })
    return { authorization: after, token }
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
