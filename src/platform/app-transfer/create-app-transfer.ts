import { transaction } from '#/foundation/db.ts'
import { invalidParams, unauthorized, violates } from '#/foundation/errors.ts'
import { readAddress } from '#/platform/account/account.ts'
import { getApp, lockApp } from '#/platform/app/app-store.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'
import { getTeam } from '#/platform/team/team-store.ts'
import { insertTransfer } from './app-transfer-store.ts'
import type { AppTransfer } from './app-transfer.ts'

/** Offers one's own app to the account of an address, whether or not there is one yet. */
export const createTransfer = async (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  asked: { app: string; recipient: string },
): Promise<AppTransfer> => {
  const { accountId } = actor
  if (accountId === null) throw unauthorized()
  try {
    return await transaction(db, async (tx) => {
      const { id } = await getApp(tx, actor, asked.app, NEEDED.transfer)
      const app = await lockApp(tx, actor, id)
      if ((await getTeam(tx, app.teamId)).personalAccountId !== accountId)
        throw invalidParams(
          `${app.name} belongs to a team. Transfer it at once: PATCH /teams/apps/${app.name} with the new owner.`,
        )
      const recipientEmail = readAddress(asked.recipient)
      if (recipientEmail === actor.name.toLowerCase())
        throw invalidParams(`${app.name} is yours already.`)
      const transfer = await insertTransfer(tx, actor, {
        appId: app.id,
        senderId: accountId,
        recipientEmail,
      })
      await insertEvent(tx, actor, {
        resource: 'app-transfer',
        resourceId: transfer.id,
        action: 'create',
        appId: app.id,
        teamId: app.teamId,
        after: { app: app.name, recipient: recipientEmail, state: 'pending' },
      })
      return transfer
    })
  } catch (error) {
    throw violates(error, 'app_transfers_one_pending')
      ? invalidParams('This app is on its way to somebody already. Cancel that transfer first.')
      : error
  }
}
