import type { Db } from '#/foundation/db.ts'
import { notFound } from '#/foundation/errors.ts'
import { isId } from '#/foundation/ids.ts'
import { mayOnApp } from '#/platform/app/app-store.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Release } from '#/platform/release/release.ts'
import type { Attachment } from './add-on.ts'

const attachments = (db: Db) =>
  db
    .selectFrom('addOnAttachments')
    .innerJoin('apps', 'apps.id', 'addOnAttachments.appId')
    .innerJoin('addOns', 'addOns.id', 'addOnAttachments.addOnId')
    .innerJoin('apps as owners', 'owners.id', 'addOns.appId')
    .select([
      'addOnAttachments.id',
      'addOnAttachments.name',
      'addOnAttachments.appId',
      'apps.name as appName',
      'apps.teamId',
      'addOnAttachments.addOnId',
      'addOns.name as addOnName',
      'addOns.appId as addOnAppId',
      'owners.name as addOnAppName',
      'addOns.plan',
      'addOnAttachments.createdAt',
      'addOnAttachments.updatedAt',
    ])

const visibleAttachments = (db: Db, actor: Actor) =>
  attachments(db)
    .where('addOns.state', '<>', 'deprovisioned')
    .where('apps.destroyedAt', 'is', null)
    .where((eb) => mayOnApp(actor, 'view')(eb))

/** Those on apps that the actor may see. */
export const listAttachments = (
  db: Db,
  actor: Actor,
  only: { appId?: string; addOnId?: string } = {},
): Promise<Attachment[]> => {
  let query = visibleAttachments(db, actor)
  if (only.appId !== undefined) query = query.where('addOnAttachments.appId', '=', only.appId)
  if (only.addOnId !== undefined) query = query.where('addOnAttachments.addOnId', '=', only.addOnId)
  return query.orderBy('apps.name').orderBy('addOnAttachments.name').execute()
}

/** By id; on an app also by name. */
export const getAttachment = async (
  db: Db,
  actor: Actor,
  ref: string,
  appId?: string,
): Promise<Attachment> => {
  const found =
    appId === undefined
      ? await findById(db, actor, ref)
      : (await listAttachments(db, actor, { appId })).find(
          ({ id, name }) => id === ref || name === ref,
        )
  if (!found) throw notFound('add_on attachment', "Couldn't find that add-on attachment.")
  return found
}

const findById = async (db: Db, actor: Actor, id: string): Promise<Attachment | undefined> =>
  isId(id)
    ? visibleAttachments(db, actor).where('addOnAttachments.id', '=', id).executeTakeFirst()
    : undefined

/** @throws a violation of `add_on_attachments_name_key` if the app has one of that name. */
export const insertAttachment = async (
  tx: Db,
  input: { addOnId: string; appId: string; name: string },
): Promise<string> =>
  (await tx.insertInto('addOnAttachments').values(input).returning('id').executeTakeFirstOrThrow())
    .id

/** False if it had gone already. */
export const deleteAttachment = async (tx: Db, id: string): Promise<boolean> =>
  (await tx
    .deleteFrom('addOnAttachments')
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst()) !== undefined

export const deleteAttachmentsOfApp = async (tx: Db, appId: string): Promise<void> => {
  await tx.deleteFrom('addOnAttachments').where('appId', '=', appId).execute()
}

/** What an app has attached, whoever asks, and whatever has become of the add-on. */
export const listAttachedTo = (db: Db, appId: string): Promise<Attachment[]> =>
  attachments(db)
    .where('addOnAttachments.appId', '=', appId)
    .orderBy('addOnAttachments.name')
    .execute()

/** Where an add-on is attached, whoever asks. */
export const listAttachmentsOf = (db: Db, addOnId: string): Promise<Attachment[]> =>
  attachments(db)
    .where('addOnAttachments.addOnId', '=', addOnId)
    .orderBy('addOnAttachments.appId')
    .execute()

/** What a release of the app records: the attachments that give it config now. */
export const listReleaseAddOns = (db: Db, appId: string): Promise<Release['addOns']> =>
  db
    .selectFrom('addOnAttachments')
    .innerJoin('addOns', 'addOns.id', 'addOnAttachments.addOnId')
    .select(['addOnAttachments.name', 'addOns.name as addOn', 'addOns.plan'])
    .where('addOnAttachments.appId', '=', appId)
    .where('addOns.state', '=', 'provisioned')
    .orderBy('addOnAttachments.name')
    .execute()
