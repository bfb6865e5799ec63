import { transaction } from '#/foundation/db.ts'
import { invalidParams, notFound, violates } from '#/foundation/errors.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { lockAddOn, updateAddOn } from './add-on-store.ts'
import { isValidAddOnName, NAME_RULE, type AddOn } from './add-on.ts'

/** Attachments and config vars keep their names. */
export const renameAddOn = async (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  id: string,
  name: string,
): Promise<AddOn> => {
  if (!isValidAddOnName(name)) throw invalidParams(NAME_RULE)
  try {
    return await transaction(db, async (tx) => {
      const addOn = await lockAddOn(tx, id)
      if (!addOn) throw notFound('add_on', "Couldn't find that add-on.")
      await updateAddOn(tx, id, { name })
      await insertEvent(tx, actor, {
        resource: 'add-on',
        resourceId: id,
        action: 'update',
        appId: addOn.appId,
        teamId: addOn.teamId,
        before: { name: addOn.name },
        after: { name },
      })
      return { ...addOn, name }
    })
  } catch (error) {
    throw violates(error, 'add_ons_name_key')
      ? invalidParams(`The name ${name} is already taken by another add-on.`)
      : error
  }
}
