import { transaction } from '#/foundation/db.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { revokeDeployToken } from './deploy-token-store.ts'
import type { DeployToken } from './deploy-token.ts'

export const endDeployToken = (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  { id, boundTo, description }: DeployToken,
): Promise<void> =>
  transaction(db, async (tx) => {
    await revokeDeployToken(tx, actor, id)
    await insertEvent(tx, actor, {
      resource: 'deploy-token',
      resourceId: id,
      action: 'destroy',
      ...boundTo,
      before: { description },
    })
  })
