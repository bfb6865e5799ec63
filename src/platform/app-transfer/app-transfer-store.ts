import { sql } from 'kysely'
import type { Db } from '#/foundation/db.ts'
import { notFound } from '#/foundation/errors.ts'
import { isId } from '#/foundation/ids.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { AppTransfer } from './app-transfer.ts'

/** Seen by whoever sends it and by the account of the address that it goes to. */
const visibleTransfers = (db: Db, { accountId }: Actor) =>
  db
    .selectFrom('appTransfers')
    .innerJoin('apps', 'apps.id', 'appTransfers.appId')
    .innerJoin('accounts as senders', 'senders.id', 'appTransfers.senderId')
    .innerJoin('accounts as callers', (join) => join.on('callers.id', '=', accountId))
    .select([
      'appTransfers.id',
      'appTransfers.appId',
      'apps.name as appName',
      'appTransfers.senderId',
      'senders.email as senderEmail',
      'appTransfers.recipientEmail',
      'appTransfers.state',
      sql<boolean>`app_transfers.recipient_email = lower(callers.email)`.as('isMine'),
      'appTransfers.createdAt',
      'appTransfers.updatedAt',
    ])
    .where((eb) =>
      eb.or([
        eb('appTransfers.senderId', '=', accountId),
        eb(sql`lower(callers.email)`, '=', eb.ref('appTransfers.recipientEmail')),
      ]),
    )

/** The newest first. */
export const listTransfers = (db: Db, actor: Actor): Promise<AppTransfer[]> =>
  visibleTransfers(db, actor).orderBy('appTransfers.createdAt', 'desc').limit(1000).execute()

export const getTransfer = async (db: Db, actor: Actor, id: string): Promise<AppTransfer> => {
  const found = isId(id)
    ? await visibleTransfers(db, actor).where('appTransfers.id', '=', id).executeTakeFirst()
    : undefined
  if (!found) throw notFound('app_transfer')
  return found
}

/** As `getTransfer`, and nobody else changes it until the transaction ends. Lock its app before it. */
export const lockTransfer = async (tx: Db, actor: Actor, id: string): Promise<AppTransfer> => {
  await tx.selectFrom('appTransfers').select('id').where('id', '=', id).forUpdate().execute()
  return getTransfer(tx, actor, id)
}

/** @throws a violation of `app_transfers_one_pending` if the app is on its way already. */
export const insertTransfer = async (
  tx: Db,
  actor: Actor,
  input: { appId: string; senderId: string; recipientEmail: string },
): Promise<AppTransfer> => {
  const { id } = await tx
    .insertInto('appTransfers')
    .values(input)
    .returning('id')
    .executeTakeFirstOrThrow()
  return getTransfer(tx, actor, id)
}

export const setTransferState = async (
  tx: Db,
  id: string,
  state: AppTransfer['state'],
): Promise<void> => {
  await tx
    .updateTable('appTransfers')
    .set({ state, updatedAt: sql<Date>`now()` })
    .where('id', '=', id)
    .execute()
}

export const deleteTransfer = async (tx: Db, id: string): Promise<void> => {
  await tx.deleteFrom('appTransfers').where('id', '=', id).execute()
}

/** For an app that has gone another way. */
export const deletePendingTransfers = async (tx: Db, appId: string): Promise<void> => {
  await tx
    .deleteFrom('appTransfers')
    .where('appId', '=', appId)
    .where('state', '=', 'pending')
    .execute()
}
