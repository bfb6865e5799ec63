import { transaction, type Db } from '#/foundation/db.ts'
import { newToken } from '#/foundation/ids.ts'
import { insertAccount } from '#/platform/account/account-store.ts'
import type { Account } from '#/platform/account/account.ts'
import { insertAuthorization } from '#/platform/account/authorization-store.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import { insertPersonalTeam } from './team-store.ts'

/** Makes an account with its personal team and a first token, which is returned this once. */
export const createAccount = (
  db: Db,
  actor: Actor,
  input: { email: string; tokenDescription: string },
): Promise<{ account: Account; token: string }> =>
  transaction(db, async (tx) => {
    const account = await insertAccount(tx, input.email)
    const team = await insertPersonalTeam(tx, account.id)
    const token = newToken()
    await insertAuthorization(tx, {
      accountId: account.id,
      token,
      description: input.tokenDescription,
      scope: ['global'],
      expiresAt: null,
    })
    await insertEvent(tx, actor, {
      resource: 'account',
      resourceId: account.id,
      action: 'create',
      teamId: team.id,
      after: { email: account.email },
    })
    return { account, token }
  })
