import { transaction } from '#/foundation/db.ts'
import { notFound } from '#/foundation/errors.ts'
import { lockApp } from '#/platform/app/app-store.ts'
import { logRelease } from '#/platform/deploy/release-app.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import type { Attachment } from './add-on.ts'
import { deleteAttachment } from './attachment-store.ts'
import { detachDescription, releaseAttachments, without } from './release-attachments.ts'

/** Takes an add-on from an app; the add-on itself stays. */
export const detachAddOn = async (
  { db, keyring, logs }: Pick<Platform, 'db' | 'keyring' | 'logs'>,
  actor: Actor,
  { id, name, appId, addOnName }: Attachment,
): Promise<void> => {
  const release = await transaction(db, async (tx) => {
    const app = await lockApp(tx, actor, appId)
    if (!(await deleteAttachment(tx, id))) throw notFound('add_on attachment')
    await insertEvent(tx, actor, {
      resource: 'add-on-attachment',
      resourceId: id,
      action: 'destroy',
      appId,
      teamId: app.teamId,
      before: { name, addOn: addOnName },
    })
    return releaseAttachments({ db: tx, keyring }, actor, {
      appId,
      change: (attached) => without(attached, name),
      description: detachDescription(name, addOnName),
      cause: 'add-on',
    })
  })
  logRelease({ logs }, release)
}
