import { forbidden, notFound } from '#/foundation/errors.ts'
import type { Access } from '#/platform/route.ts'
import { findAccount, findFirstAccount } from './account-store.ts'
import type { Account } from './account.ts'

/** For what concerns the platform as a whole. */
export const operatorOnly: Access<undefined> = {
  name: 'operator',
  find: async ({ platform, actor }) => {
    const operator = await findFirstAccount(platform.db)
    if (!operator || operator.id !== actor.accountId)
      throw forbidden('Only the operator of this platform may do that.')
    return undefined
  },
}

/** Below `/users/:account`: any account. */
export const accountByOperator: Access<Account> = {
  name: 'operator',
  find: async (lookup) => {
    await operatorOnly.find(lookup)
    const found = await findAccount(lookup.platform.db, lookup.params['account'] ?? '')
    if (!found) throw notFound('user')
    return found
  },
}
