import { transaction } from '#/foundation/db.ts'
import { messageOf } from '#/foundation/errors.ts'
import { failpoint } from '#/foundation/failpoint.ts'
import { enqueue, type JobContext } from '#/foundation/jobs.ts'
import { lockApp } from '#/platform/app/app-store.ts'
import { logRelease } from '#/platform/deploy/release-app.ts'
import { systemActor, type Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import type { Release } from '#/platform/release/release.ts'
import { databaseNames, databaseUrl, type Credentials } from './add-on-credentials.ts'
import { ensureDatabase } from './add-on-database-store.ts'
import { addOnQueue, deprovisionAddOnJob } from './add-on-jobs.ts'
import { getPlan } from './add-on-service.ts'
import {
  findAddOnById,
  lockAddOn,
  markProvisioned,
  readCredentials,
  updateAddOn,
} from './add-on-store.ts'
import { attachedConfig, type AddOn } from './add-on.ts'
import { deleteAttachment, listAttachmentsOf } from './attachment-store.ts'
import { attachDescription, releaseAttachments } from './release-attachments.ts'

/** The cluster for apps, started if it does not run. `adminUrl` is a superuser's, for the platform alone. */
type RequestCluster = () => Promise<{ adminUrl: string; host: string; port: number }>

export type AddOnNeeds = Pick<Platform, 'db' | 'keyring' | 'logs' | 'log'> & {
  requestCluster: RequestCluster
}

/** An add-on that cannot be made for so long is given up. */
const PATIENCE_MS = 10 * 60_000

/**
 * Makes an add-on's database and then, in one transaction, all that it means for the app: attached, configured,
 * released. Done again after a crash it goes on where it stopped.
 */
export const provisionAddOn = async (
  needs: AddOnNeeds,
  { addOnId }: { addOnId: string },
  context: Pick<JobContext, 'isLastAttempt'>,
): Promise<void> => {
  const addOn = await findAddOnById(needs.db, addOnId)
  if (addOn?.state !== 'provisioning') return
  try {
    const credentials = await makeDatabase(needs, addOn)
    failpoint('add-on-database-made')
    const release = await attach(needs, addOn, credentials)
    if (release) logRelease(needs, release)
  } catch (error) {
    if (!context.isLastAttempt && ageMs(addOn) < PATIENCE_MS) throw error
    needs.log.error({ err: error, addOnId }, 'an add-on is given up')
    await giveUp(needs, addOn, messageOf(error))
  }
}

const ageMs = ({ createdAt }: AddOn): number => Date.now() - createdAt.getTime()

const makeDatabase = async (needs: AddOnNeeds, addOn: AddOn): Promise<Credentials> => {
  const { password } = await readCredentials(needs, addOn)
  const { adminUrl, host, port } = await needs.requestCluster()
  const { connections } = getPlan(addOn.plan).plan
  await ensureDatabase(adminUrl, { ...databaseNames(addOn.id), password, connections })
  return { password, host, port }
}

/** Undefined if it was destroyed meanwhile; the job that drops the database waits behind this one. */
const attach = (
  { db, keyring }: AddOnNeeds,
  { id, appId }: AddOn,
  credentials: Credentials,
): Promise<Release | undefined> =>
  transaction(db, async (tx) => {
    const needs = { db: tx, keyring }
    const app = await lockApp(tx, ADD_ONS, appId)
    const addOn = await lockAddOn(tx, id)
    if (addOn?.state !== 'provisioning') return undefined
    await markProvisioned(needs, addOn, credentials)
    await insertEvent(tx, creatorOf(addOn), {
      resource: 'add-on',
      resourceId: id,
      action: 'update',
      appId,
      teamId: app.teamId,
      before: { state: 'provisioning' },
      after: { state: 'provisioned' },
    })
    const [attachment] = await listAttachmentsOf(tx, id)
    if (!attachment) return undefined
    const config = attachedConfig(attachment.name, databaseUrl(id, credentials))
    return releaseAttachments(needs, creatorOf(addOn), {
      appId,
      change: (attached) => ({ ...attached, [attachment.name]: config }),
      description: attachDescription(attachment.name, addOn.name),
      cause: 'repair',
    })
  })

const giveUp = ({ db }: AddOnNeeds, { id, appId }: AddOn, reason: string): Promise<void> =>
  transaction(db, async (tx) => {
    const app = await lockApp(tx, ADD_ONS, appId)
    const addOn = await lockAddOn(tx, id)
    if (addOn?.state !== 'provisioning') return
    await updateAddOn(tx, id, { state: 'deprovisioned' })
    for (const attachment of await listAttachmentsOf(tx, id))
      await deleteAttachment(tx, attachment.id)
    await enqueue(tx, deprovisionAddOnJob, { addOnId: id }, { queue: addOnQueue(id) })
    await insertEvent(tx, ADD_ONS, {
      resource: 'add-on',
      resourceId: id,
      action: 'destroy',
      appId,
      teamId: app.teamId,
      before: { name: addOn.name, state: 'provisioning' },
      after: { state: 'deprovisioned', reason },
    })
  })

const ADD_ONS = systemActor('add-ons')

const creatorOf = (addOn: AddOn): Actor => ({
  ...systemActor(addOn.createdByName),
  accountId: addOn.createdBy,
})
