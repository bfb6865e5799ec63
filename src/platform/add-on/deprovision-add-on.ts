import { transaction, type Db } from '#/foundation/db.ts'
import { failpoint } from '#/foundation/failpoint.ts'
import { lockApps } from '#/platform/app/app-store.ts'
import { logRelease } from '#/platform/deploy/release-app.ts'
import { systemActor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import type { Release } from '#/platform/release/release.ts'
import { databaseNames } from './add-on-credentials.ts'
import { dropDatabase } from './add-on-database-store.ts'
import { findAddOnById, updateAddOn } from './add-on-store.ts'
import type { Attachment } from './add-on.ts'
import { deleteAttachment, listAttachmentsOf } from './attachment-store.ts'
import type { AddOnNeeds } from './provision-add-on.ts'
import { detachDescription, releaseAttachments, without } from './release-attachments.ts'

/** What is left to do once an add-on is destroyed: other apps let go of it, and then its database is dropped. */
export const deprovisionAddOn = async (
  needs: AddOnNeeds,
  { addOnId }: { addOnId: string },
): Promise<void> => {
  const addOn = await findAddOnById(needs.db, addOnId)
  if (addOn?.state !== 'deprovisioned') return
  for (const attachment of await listAttachmentsOf(needs.db, addOnId)) {
    const release = await letGo(needs, attachment)
    if (release) logRelease(needs, release)
    failpoint('add-on-let-go')
  }
  const { adminUrl } = await needs.requestCluster()
  await dropDatabase(adminUrl, databaseNames(addOnId))
  await updateAddOn(needs.db, addOnId, { sealedCredentials: null })
}

const letGo = (
  { db, keyring }: { db: Db } & Pick<Platform, 'keyring'>,
  attachment: Attachment,
): Promise<Release | undefined> =>
  transaction(db, async (tx) => {
    const [app] = await lockApps(tx, ADD_ONS, [attachment.appId], 'deploy')
    const isOurs = await deleteAttachment(tx, attachment.id)
    if (!app || !isOurs) return undefined
    return releaseAttachments({ db: tx, keyring }, ADD_ONS, {
      appId: app.id,
      change: (attached) => without(attached, attachment.name),
      description: detachDescription(attachment.name, attachment.addOnName),
      cause: 'repair',
    })
  })

const ADD_ONS = systemActor('add-ons')
