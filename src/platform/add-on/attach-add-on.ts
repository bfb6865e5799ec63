import { transaction } from '#/foundation/db.ts'
import { invalidParams, notFound } from '#/foundation/errors.ts'
import { getApp, lockApp } from '#/platform/app/app-store.ts'
import { logRelease } from '#/platform/deploy/release-app.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { databaseUrl } from './add-on-credentials.ts'
import { getPlan } from './add-on-service.ts'
import { getAddOn, lockAddOn, readCredentials } from './add-on-store.ts'
import { attachedConfig, type Attachment } from './add-on.ts'
import { deleteAttachment, getAttachment, insertAttachment } from './attachment-store.ts'
import { chooseAttachmentName } from './choose-attachment-name.ts'
import { attachDescription, detachDescription, releaseAttachments } from './release-attachments.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'

export type AttachInput = {
  app: string
  addOn: string
  name: string | undefined
  /** The app's name, to overwrite what it has under that name. */
  confirm: string | undefined
}

/** Gives an add-on to an app, under a name. Takes as much on that app as on the one that owns the add-on. */
export const attachAddOn = async (
  { db, keyring, logs }: Pick<Platform, 'db' | 'keyring' | 'logs'>,
  actor: Actor,
  input: AttachInput,
): Promise<Attachment> => {
  const { attachment, release } = await transaction(db, async (tx) => {
    const needs = { db: tx, keyring }
    const found = await getAddOn(tx, actor, input.addOn, { needed: NEEDED.addOns })
    const app = await lockApp(tx, actor, (await getApp(tx, actor, input.app, NEEDED.addOns)).id)
    const addOn = await lockAddOn(tx, found.id)
    if (!addOn) throw notFound('add_on', "Couldn't find that add-on.")
    if (addOn.state === 'provisioning')
      throw invalidParams(`${addOn.name} is still being provisioned. Try again in a moment.`)
    const { service } = getPlan(addOn.plan)
    const { name, replaces } = await chooseAttachmentName(needs, app, service, {
      wished: input.name,
      confirm: input.confirm,
    })
    if (replaces?.addOnId === addOn.id)
      throw invalidParams(`${addOn.name} is attached to ${app.name} as ${name} already.`)
    if (replaces) await deleteAttachment(tx, replaces.id)
    const id = await insertAttachment(tx, { addOnId: addOn.id, appId: app.id, name })
    const url = databaseUrl(addOn.id, await readCredentials(needs, addOn))
    await insertEvent(tx, actor, {
      resource: 'add-on-attachment',
      resourceId: id,
      action: 'create',
      appId: app.id,
      teamId: app.teamId,
      ...(replaces ? { before: { name, addOn: replaces.addOnName } } : {}),
      after: { name, addOn: addOn.name },
    })
    return {
      attachment: await getAttachment(tx, actor, id),
      release: await releaseAttachments(needs, actor, {
        appId: app.id,
        change: (attached) => ({ ...attached, [name]: attachedConfig(name, url) }),
        cause: 'add-on',
        description: [
          attachDescription(name, addOn.name),
          ...(replaces ? [detachDescription(name, replaces.addOnName)] : []),
        ].join(', '),
      }),
    }
  })
  logRelease({ logs }, release)
  return attachment
}
