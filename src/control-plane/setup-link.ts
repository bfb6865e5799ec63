import { rm } from 'node:fs/promises'
import { transaction, type Db } from '#/foundation/db.ts'
import { writeDurably } from '#/foundation/durable-file.ts'
import { newSecret } from '#/foundation/ids.ts'
import { findFirstAccount, lockAccounts } from '#/platform/account/account-store.ts'
import type { PlatformSettings } from '#/platform/platform.ts'
import { putLink } from '#/platform/sign-in/account-link-store.ts'
import { getCredentials } from '#/platform/sign-in/password-store.ts'
import { pageUrl } from '#/platform/sign-in/platform-url.ts'

/**
 * While the operator has no password, a link with which to set one lies in the data directory, for `sluice up` to
 * print. Each start makes a new one, so that the last link printed is the one that works.
 */
export const ensureSetupLink = async (
  db: Db,
  path: string,
  settings: PlatformSettings,
): Promise<void> => {
  const token = await transaction(db, async (tx) => {
    await lockAccounts(tx)
    const operator = await findFirstAccount(tx)
    if (!operator) throw new Error('There is no operator to make a link for.')
    const { passwordHash } = await getCredentials(tx, operator.id)
    if (passwordHash !== null) return undefined
    const made = newSecret()
    await putLink(tx, { accountId: operator.id, kind: 'setup', token: made, lifetimeSeconds: null })
    return made
  })
  if (token === undefined) await rm(path, { force: true })
  else await writeDurably(path, `${pageUrl(settings, `/setup/${token}`)}\n`)
}
