import { transaction } from '#/foundation/db.ts'
import { notFound } from '#/foundation/errors.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { setFeature } from './account-feature-store.ts'
import { ACCOUNT_FEATURES, type AccountFeature } from './account-feature.ts'
import { lockOwnAccount } from './account-store.ts'

/** @throws 404 if there is none of that name */
export const getFeature = (name: string): AccountFeature => {
  const found = ACCOUNT_FEATURES.find((feature) => feature.name === name)
  if (!found) throw notFound('account_feature')
  return found
}

export const switchFeature = (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  name: string,
  enabled: boolean,
): Promise<AccountFeature> => {
  const feature = getFeature(name)
  return transaction(db, async (tx) => {
    const { id } = await lockOwnAccount(tx, actor)
    if (await setFeature(tx, id, name, enabled))
      await insertEvent(tx, actor, {
        resource: 'account-feature',
        action: 'update',
        accountId: id,
        before: { name, enabled: !enabled },
        after: { name, enabled },
      })
    return feature
  })
}
