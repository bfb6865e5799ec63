import { transaction } from '#/foundation/db.ts'
import { invalidParams, violates } from '#/foundation/errors.ts'
import { newId } from '#/foundation/ids.ts'
import { enqueue } from '#/foundation/jobs.ts'
import { waitFor } from '#/foundation/notifications.ts'
import { lockApp } from '#/platform/app/app-store.ts'
import type { App } from '#/platform/app/app.ts'
import { checkChange } from '#/platform/change-gate/check-change.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { newPassword } from './add-on-credentials.ts'
import { addOnQueue, provisionAddOnJob } from './add-on-jobs.ts'
import { findPlan, type AddOnPlan, type AddOnService } from './add-on-service.ts'
import { findAddOnById, insertAddOn } from './add-on-store.ts'
import { isValidAddOnName, NAME_RULE, newAddOnName, type AddOn } from './add-on.ts'
import { deleteAttachment, insertAttachment } from './attachment-store.ts'
import { chooseAttachmentName } from './choose-attachment-name.ts'

export type AddOnInput = {
  app: App
  /** `heroku-postgresql` or `heroku-postgresql:essential-0` */
  plan: string
  name: string | undefined
  attachmentName: string | undefined
  /** The app's name, to overwrite a config var or attachment. */
  confirm: string | undefined
  options: Record<string, unknown>
}

type Needs = Pick<Platform, 'db' | 'keyring' | 'notifications'>

const PROVISIONING_WAIT_MS = 30_000

/**
 * Makes an add-on and waits a while until it can be used. It goes on being provisioned if that takes longer, or if
 * this process dies.
 */
export const createAddOn = async (
  needs: Needs,
  actor: Actor,
  input: AddOnInput,
): Promise<AddOn> => {
  const offer = findPlan(input.plan)
  if (!offer)
    throw invalidParams(
      `Couldn't find either the add-on service or the add-on plan of "${input.plan}".`,
    )
  checkOptions(offer.service, input.options)
  if (input.name !== undefined && !isValidAddOnName(input.name)) throw invalidParams(NAME_RULE)
  const id = await insertNamed(needs, actor, input, offer)
  const ended = await waitFor({
    notifications: needs.notifications,
    channel: 'add_on_changed',
    payload: id,
    check: async () => {
      const now = await findAddOnById(needs.db, id)
      return now?.state === 'provisioning' ? undefined : now
    },
    limitMs: PROVISIONING_WAIT_MS,
  })
  const addOn = ended ?? (await findAddOnById(needs.db, id))
  if (!addOn) throw new Error(`Add-on ${id} has vanished.`)
  return addOn
}

const checkOptions = (service: AddOnService, options: Record<string, unknown>): void => {
  for (const [name, value] of Object.entries(options))
    if (!service.options[name]?.includes(String(value)))
      throw invalidParams(`${service.name} does not offer --${name} ${String(value)} here.`)
}

type Offer = { service: AddOnService; plan: AddOnPlan }

/** A name that nobody chose may be taken by chance: then by another. */
const insertNamed = async (
  needs: Needs,
  actor: Actor,
  input: AddOnInput,
  offer: Offer,
): Promise<string> => {
  try {
    return await insert(needs, actor, input, offer)
  } catch (error) {
    if (!violates(error, 'add_ons_name_key')) throw error
    if (input.name === undefined) return insertNamed(needs, actor, input, offer)
    throw invalidParams(`The name ${input.name} is already taken by another add-on.`)
  }
}

const insert = (
  { db, keyring }: Needs,
  actor: Actor,
  input: AddOnInput,
  { service, plan }: Offer,
): Promise<string> =>
  transaction(db, async (tx) => {
    const needs = { db: tx, keyring }
    const app = await lockApp(tx, actor, input.app.id)
    await checkChange(tx, actor, { appId: app.id, cause: 'add-on', slugId: null })
    const attachment = await chooseAttachmentName(needs, app, service, {
      wished: input.attachmentName,
      confirm: input.confirm,
    })
    const addOn = {
      id: newId(),
      name: input.name ?? newAddOnName(service),
      appId: app.id,
      service: service.name,
      plan: plan.name,
    }
    await insertAddOn(needs, actor, addOn, { password: newPassword() })
    if (attachment.replaces) await deleteAttachment(tx, attachment.replaces.id)
    await insertAttachment(tx, { addOnId: addOn.id, appId: app.id, name: attachment.name })
    await insertEvent(tx, actor, {
      resource: 'add-on',
      resourceId: addOn.id,
      action: 'create',
      appId: app.id,
      teamId: app.teamId,
      after: { name: addOn.name, plan: addOn.plan, attachment: attachment.name },
    })
    await enqueue(tx, provisionAddOnJob, { addOnId: addOn.id }, { queue: addOnQueue(addOn.id) })
    return addOn.id
  })
