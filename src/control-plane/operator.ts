import { readFile, rename, writeFile } from 'node:fs/promises'
import { transaction, type Db } from '#/foundation/db.ts'
import { hasCode } from '#/foundation/errors.ts'
import { newToken } from '#/foundation/ids.ts'
import { findFirstAccount, lockAccounts } from '#/platform/account/account-store.ts'
import { findTokenHolder, insertAuthorization } from '#/platform/account/authorization-store.ts'
import { systemActor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import { createAccount } from '#/platform/team/create-account.ts'

/**
 * Makes sure that there is an operator's account and that its token lies in the data directory, mode 0600.
 * A start that died between the two is mended by the next: a missing or unknown token is replaced by a new one.
 */
export const ensureOperator = async (db: Db, tokenPath: string, domain: string): Promise<void> => {
  const token = await readToken(tokenPath)
  if (token && (await findTokenHolder(db, token))) return
  const fresh = await transaction(db, async (tx) => {
    await lockAccounts(tx)
    const operator = await findFirstAccount(tx)
    if (!operator) {
      const created = await createAccount(tx, systemActor('first start'), {
        email: `operator@${domain}`,
        tokenDescription: 'Operator',
      })
      return created.token
    }
    const added = newToken()
    const { id } = await insertAuthorization(tx, {
      accountId: operator.id,
      token: added,
      description: 'Operator',
      scope: ['global'],
      expiresAt: null,
    })
    await insertEvent(tx, systemActor('start'), {
      resource: 'authorization',
      resourceId: id,
      action: 'create',
      accountId: operator.id,
      after: { description: 'Operator' },
    })
    return added
  })
  await writeFile(`${tokenPath}.partial`, `${fresh}\n`, { mode: 0o600 })
  await rename(`${tokenPath}.partial`, tokenPath)
}

const readToken = async (path: string): Promise<string | undefined> => {
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}
