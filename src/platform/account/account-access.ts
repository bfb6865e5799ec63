import { forbidden, notFound } from '#/foundation/errors.ts'
import type { Access, Lookup } from '#/platform/route.ts'
import {
  findAccount,
  findFirstAccount,
  findVisibleAccount,
  getOwnAccount,
} from './account-store.ts'
import type { Account } from './account.ts'

/** The caller's own account, whether the path names it or not. */
export const ownAccount: Access<Account> = {
  name: 'account:own',
  find: async ({ platform, actor, params }) => {
    const own = await getOwnAccount(platform.db, actor)
    const ref = params['account']
    if (ref !== undefined && !isNamed(own, ref)) throw notFound('user')
    return own
  },
}

/** Below `/users/:account`: `~`, or an account that shares a team with the caller. */
export const visibleAccount: Access<Account> = {
  name: 'account:view',
  find: async ({ platform, actor, params }: Lookup) => {
    const ref = params['account'] ?? '~'
    if (ref === '~') return getOwnAccount(platform.db, actor)
    const found = await findVisibleAccount(platform.db, actor, ref)
    if (!found) throw notFound('user')
    return found
  },
}

const isNamed = (own: Account, ref: string): boolean =>
  ref === '~' || ref === own.id || ref.toLowerCase() === own.email.toLowerCase()

/** Below `/users/:account`: any account, for the operator of the platform alone. */
export const accountByOperator: Access<Account> = {
  name: 'account:operator',
  find: async ({ platform, actor, params }: Lookup) => {
    const operator = await findFirstAccount(platform.db)
    if (!operator || operator.id !== actor.accountId)
      throw forbidden('Only the operator of this platform may do this.')
    const found = await findAccount(platform.db, params['account'] ?? '')
    if (!found) throw notFound('user')
    return found
  },
}
