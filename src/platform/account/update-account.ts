import { transaction } from '#/foundation/db.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { lockOwnAccount, renameAccount } from './account-store.ts'
import type { Account } from './account.ts'

export const updateAccount = (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  { name }: { name?: string | null },
): Promise<Account> =>
  transaction(db, async (tx) => {
    const before = await lockOwnAccount(tx, actor)
    if (name === undefined || name === before.name) return before
    const after = await renameAccount(tx, actor, name)
    await insertEvent(tx, actor, {
      resource: 'account',
      resourceId: after.id,
      action: 'update',
      before: { name: before.name },
      after: { name: after.name },
    })
    return after
  })
