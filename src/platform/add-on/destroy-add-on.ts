import { transaction, type Db } from '#/foundation/db.ts'
import { invalidParams, notFound } from '#/foundation/errors.ts'
import { enqueue } from '#/foundation/jobs.ts'
import { lockApp } from '#/platform/app/app-store.ts'
import { checkChange } from '#/platform/change-gate/check-change.ts'
import { logRelease } from '#/platform/deploy/release-app.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import type { Release } from '#/platform/release/release.ts'
import { addOnQueue, deprovisionAddOnJob } from './add-on-jobs.ts'
import { listAddOnsOwnedBy, lockAddOn, updateAddOn } from './add-on-store.ts'
import type { AddOn, Attachment } from './add-on.ts'
import { deleteAttachment, deleteAttachmentsOfApp, listAttachmentsOf } from './attachment-store.ts'
import { detachDescription, releaseAttachments, without } from './release-attachments.ts'

type Needs = Pick<Platform, 'db' | 'keyring' | 'logs'>

/**
 * Destroys an add-on: its app is released without it at once; a job makes other apps let go and drops the database.
 * One that other apps have attached too is destroyed only by force.
 */
export const destroyAddOn = async (
  { db, keyring, logs }: Needs,
  actor: Actor,
  { id, appId }: Pick<AddOn, 'id' | 'appId'>,
  options: { isForced: boolean },
): Promise<AddOn> => {
  const { addOn, release } = await transaction(db, async (tx) => {
    await lockApp(tx, actor, appId)
    const locked = await lockAddOn(tx, id)
    if (!locked) throw notFound('add_on', "Couldn't find that add-on.")
    const attachments = await listAttachmentsOf(tx, id)
    const own = attachments.filter((attachment) => attachment.appId === appId)
    if (!options.isForced) refuseIfShared(locked, attachments)
    await checkChanges(tx, actor, attachments)
    await deprovision(tx, actor, locked)
    for (const attachment of own) await deleteAttachment(tx, attachment.id)
    return {
      addOn: locked,
      release:
        locked.state === 'provisioned' && own.length > 0
          ? await releaseWithout({ db: tx, keyring }, actor, locked, own)
          : undefined,
    }
  })
  if (release) logRelease({ logs }, release)
  return { ...addOn, state: 'deprovisioned' }
}

/** The rules of each app's stage that lets go of it, which is done later, by a job. @throws 403 */
const checkChanges = async (tx: Db, actor: Actor, attachments: Attachment[]): Promise<void> => {
  for (const appId of new Set(attachments.map((one) => one.appId)))
    await checkChange(tx, actor, { appId, cause: 'add-on', slugId: null })
}

/**
 * Takes away what a destroyed app had, in the transaction that destroys it; the app's row is locked. @throws 403 if that
 * would change an app of a frozen stage
 */
export const destroyAddOnsOfApp = async (tx: Db, actor: Actor, appId: string): Promise<void> => {
  for (const owned of await listAddOnsOwnedBy(tx, appId)) {
    const addOn = await lockAddOn(tx, owned.id)
    if (!addOn) continue
    await checkChanges(tx, actor, await listAttachmentsOf(tx, addOn.id))
    await deprovision(tx, actor, addOn)
  }
  await deleteAttachmentsOfApp(tx, appId)
}

const refuseIfShared = ({ name, appId }: AddOn, attachments: Attachment[]): void => {
  const others = attachments.filter((one) => one.appId !== appId).map(({ appName }) => appName)
  if (others.length > 0)
    throw invalidParams(
      `${name} is attached to other apps too (${others.join(', ')}). Use --force to destroy it all the same`,
    )
}

const deprovision = async (tx: Db, actor: Actor, addOn: AddOn): Promise<void> => {
  await updateAddOn(tx, addOn.id, { state: 'deprovisioned' })
  await enqueue(tx, deprovisionAddOnJob, { addOnId: addOn.id }, { queue: addOnQueue(addOn.id) })
  await insertEvent(tx, actor, {
    resource: 'add-on',
    resourceId: addOn.id,
    action: 'destroy',
    appId: addOn.appId,
    teamId: addOn.teamId,
    before: { name: addOn.name, plan: addOn.plan, state: addOn.state },
  })
}

const releaseWithout = (
  needs: { db: Db } & Pick<Platform, 'keyring'>,
  actor: Actor,
  addOn: AddOn,
  gone: Attachment[],
): Promise<Release> =>
  releaseAttachments(needs, actor, {
    appId: addOn.appId,
    change: (attached) => gone.reduce((rest, { name }) => without(rest, name), attached),
    cause: 'add-on',
    description: gone.map(({ name }) => detachDescription(name, addOn.name)).join(', '),
  })
