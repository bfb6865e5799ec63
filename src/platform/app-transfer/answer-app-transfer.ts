import { transaction, type Db } from '#/foundation/db.ts'
import { forbidden, invalidParams } from '#/foundation/errors.ts'
import { lockApp } from '#/platform/app/app-store.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { getPersonalTeam, getTeam } from '#/platform/team/team-store.ts'
import { deleteTransfer, lockTransfer, setTransferState } from './app-transfer-store.ts'
import type { AppTransfer } from './app-transfer.ts'
import { moveApp } from './move-app.ts'

type Needs = Pick<Platform, 'db'>

/** Accepts or declines an app that was offered. What was true when it was offered must be so still. */
export const answerTransfer = (
  { db }: Needs,
  actor: Actor,
  { id, appId }: AppTransfer,
  state: AppTransfer['state'],
): Promise<AppTransfer> =>
  transaction(db, async (tx) => {
    const app = await lockApp(tx, actor, appId)
    const transfer = await lockTransfer(tx, actor, id)
    if (!transfer.isMine)
      throw forbidden('Only whoever the app is offered to accepts or declines it.')
    checkPending(transfer)
    if (state === 'pending') return transfer
    const from = await getTeam(tx, app.teamId)
    if (from.personalAccountId !== transfer.senderId)
      throw invalidParams(`${app.name} does not belong to ${transfer.senderEmail} any more.`)
    await setTransferState(tx, id, state)
    if (state === 'accepted')
      await moveApp(tx, actor, app, { from, to: await getPersonalTeam(tx, actor) })
    await record(tx, actor, { ...transfer, teamId: app.teamId }, state)
    return { ...transfer, state }
  })

/** Takes back an offer that nobody has answered. */
export const cancelTransfer = ({ db }: Needs, actor: Actor, { id }: AppTransfer): Promise<void> =>
  transaction(db, async (tx) => {
    const transfer = await lockTransfer(tx, actor, id)
    if (transfer.senderId !== actor.accountId)
      throw forbidden('Only whoever offers the app takes it back. You can decline it.')
    checkPending(transfer)
    await deleteTransfer(tx, id)
    await record(tx, actor, transfer)
  })

const checkPending = ({ state }: AppTransfer): void => {
  if (state !== 'pending') throw invalidParams(`This transfer has been ${state} already.`)
}

const record = (
  tx: Db,
  actor: Actor,
  transfer: AppTransfer & { teamId?: string },
  state?: AppTransfer['state'],
): Promise<void> => {
  const { appName: app, recipientEmail: recipient } = transfer
  return insertEvent(tx, actor, {
    resource: 'app-transfer',
    resourceId: transfer.id,
    action: state ? 'update' : 'destroy',
    appId: transfer.appId,
    ...(transfer.teamId ? { teamId: transfer.teamId } : {}),
    before: { app, recipient, state: 'pending' },
    ...(state ? { after: { app, recipient, state } } : {}),
  })
}
