import { forbidden } from '#/foundation/errors.ts'
import type { Access } from '#/platform/route.ts'
import { findFirstAccount } from './account-store.ts'

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
