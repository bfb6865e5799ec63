import { sql } from 'kysely'
import { seal, unseal } from '#/foundation/crypto.ts'
import type { Db } from '#/foundation/db.ts'
import { ApiError, forbidden, notFound } from '#/foundation/errors.ts'
import { isId } from '#/foundation/ids.ts'
import { mayOnApp } from '#/platform/app/app-store.ts'
import { getDataKey } from '#/platform/data-key-store.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Keyring } from '#/platform/platform.ts'
import type { Needed } from '#/platform/team/permission-table.ts'
import type { Credentials } from './add-on-credentials.ts'
import type { AddOn, AddOnState } from './add-on.ts'

const addOns = (db: Db) =>
  db
    .selectFrom('addOns')
    .innerJoin('apps', 'apps.id', 'addOns.appId')
    .select([
      'addOns.id',
      'addOns.name',
      'addOns.appId',
      'apps.name as appName',
      'apps.teamId',
      'addOns.service',
      'addOns.plan',
      'addOns.state',
      'addOns.createdBy',
      'addOns.createdByName',
      'addOns.createdAt',
      'addOns.updatedAt',
      sql<string[]>`array(
        select name from add_on_attachments
        where add_on_id = add_ons.id and app_id = add_ons.app_id order by created_at, name
      )`.as('attachedAs'),
    ])

/** Those of apps that the actor may see, and those attached to such apps. */
const visibleAddOns = (db: Db, actor: Actor) =>
  addOns(db)
    .where('addOns.state', '<>', 'deprovisioned')
    .where((eb) =>
      eb.or([
        mayOnApp(actor, 'view')(eb),
        eb(
          'addOns.id',
          'in',
          db
            .selectFrom('addOnAttachments')
            .innerJoin('apps', 'apps.id', 'addOnAttachments.appId')
            .where(mayOnApp(actor, 'view'))
            .select('addOnAttachments.addOnId'),
        ),
      ]),
    )

const onApp = (db: Db, appId: string) =>
  db.selectFrom('addOnAttachments').select('addOnId').where('appId', '=', appId)

/** All that the actor may see, or those that belong or are attached to one app. */
export const listAddOns = (db: Db, actor: Actor, appId?: string): Promise<AddOn[]> => {
  const query = visibleAddOns(db, actor).orderBy('apps.name').orderBy('addOns.name')
  if (appId === undefined) return query.execute()
  return query
    .where((eb) => eb.or([eb('addOns.appId', '=', appId), eb('addOns.id', 'in', onApp(db, appId))]))
    .execute()
}

/**
 * By id or name, for an actor with one of those permissions on the app that owns it.
 * @param appId only among those that belong or are attached to this app; there an attachment's name will do too
 */
export const getAddOn = async (
  db: Db,
  actor: Actor,
  ref: string,
  { needed, appId }: { needed: Needed; appId?: string },
): Promise<AddOn> => {
  const [only, another] = await findAddOns(db, actor, ref, appId)
  if (!only) throw notFound('add_on', "Couldn't find that add-on.")
  if (another)
    throw new ApiError(422, 'multiple_matches', `Several add-ons match ${ref}. Name one.`)
  const { allowed } = await db
    .selectFrom('apps')
    .select((eb) => mayOnApp(actor, needed)(eb).as('allowed'))
    .where('id', '=', only.appId)
    .executeTakeFirstOrThrow()
  if (!allowed) throw forbidden(`You do not have access to the app ${only.appName}.`)
  return only
}

/** All that a word may mean: an id or a name; on an app also an attachment, a service or a plan. */
export const findAddOns = async (
  db: Db,
  actor: Actor,
  ref: string,
  appId?: string,
): Promise<AddOn[]> => {
  if (appId === undefined)
    return visibleAddOns(db, actor)
      .where(isId(ref) ? 'addOns.id' : 'addOns.name', '=', ref)
      .execute()
  const here = await listAddOns(db, actor, appId)
  const named = here.filter(({ id, name }) => id === ref || name === ref)
  if (named.length > 0) return named
  const attached = await onApp(db, appId).where('name', '=', ref.toUpperCase()).execute()
  return here.filter(
    ({ id, service, plan }) =>
      service === ref || plan === ref || attached.some(({ addOnId }) => addOnId === id),
  )
}

/** In whatever state it is; for jobs and for who has just made it. */
export const findAddOnById = (db: Db, id: string): Promise<AddOn | undefined> =>
  addOns(db).where('addOns.id', '=', id).executeTakeFirst()

/** Locks its row until the transaction ends; undefined if it has gone. */
export const lockAddOn = (tx: Db, id: string): Promise<AddOn | undefined> =>
  addOns(tx)
    .where('addOns.id', '=', id)
    .where('addOns.state', '<>', 'deprovisioned')
    .forNoKeyUpdate('addOns')
    .executeTakeFirst()

export type NewAddOn = Pick<AddOn, 'id' | 'name' | 'appId' | 'service' | 'plan'>

/** Provisioning. @throws a violation of `add_ons_name_key` if the name is taken. */
export const insertAddOn = async (
  { db, keyring }: { db: Db; keyring: Keyring },
  actor: Actor,
  input: NewAddOn,
  credentials: Credentials,
): Promise<void> => {
  const key = await getDataKey(db, keyring, input.appId)
  await db
    .insertInto('addOns')
    .values({
      ...input,
      state: 'provisioning',
      sealedCredentials: seal(key, place(input), JSON.stringify(credentials)),
      createdBy: actor.accountId,
      createdByName: actor.name,
    })
    .execute()
}

export const readCredentials = async (
  { db, keyring }: { db: Db; keyring: Keyring },
  addOn: Pick<AddOn, 'id' | 'appId'>,
): Promise<Credentials> => {
  const { sealedCredentials } = await db
    .selectFrom('addOns')
    .select('sealedCredentials')
    .where('id', '=', addOn.id)
    .executeTakeFirstOrThrow()
  if (sealedCredentials === null) throw new Error(`Add-on ${addOn.id} is gone.`)
  const key = await getDataKey(db, keyring, addOn.appId)
  return JSON.parse(unseal(key, place(addOn), sealedCredentials).toString()) as Credentials
}

export const markProvisioned = async (
  { db, keyring }: { db: Db; keyring: Keyring },
  addOn: Pick<AddOn, 'id' | 'appId'>,
  credentials: Credentials,
): Promise<void> => {
  const key = await getDataKey(db, keyring, addOn.appId)
  await updateAddOn(db, addOn.id, {
    state: 'provisioned',
    sealedCredentials: seal(key, place(addOn), JSON.stringify(credentials)),
  })
}

export const updateAddOn = async (
  tx: Db,
  id: string,
  change: { name?: string; state?: AddOnState; sealedCredentials?: string | null },
): Promise<void> => {
  await tx
    .updateTable('addOns')
    .set({ ...change, updatedAt: sql<Date>`now()` })
    .where('id', '=', id)
    .execute()
}

/** Ids of those that an app owns. */
export const listAddOnsOwnedBy = (db: Db, appId: string): Promise<AddOn[]> =>
  addOns(db)
    .where('addOns.appId', '=', appId)
    .where('addOns.state', '<>', 'deprovisioned')
    .execute()

const place = ({ id, appId }: Pick<AddOn, 'id' | 'appId'>): string[] => [
  'add_ons',
  'sealed_credentials',
  id,
  appId,
]
