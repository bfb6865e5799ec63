import { notFound } from '#/foundation/errors.ts'
import type { Access } from '#/platform/route.ts'
import type { Authorization } from './account.ts'
import { findAuthorization, findFirstAuthorization } from './authorization-store.ts'

/**
 * Below `/oauth/authorizations/:authorization`: one of the caller's own. `~` is the account's API key, the token that
 * the account was made with: `heroku logout` revokes the token it uses unless it is that one.
 */
export const ownAuthorization: Access<Authorization> = {
  name: 'authorization:own',
  find: async ({ platform, actor, params }) => {
    const ref = params['authorization'] ?? '~'
    const found =
      ref === '~'
        ? await findFirstAuthorization(platform.db, actor)
        : await findAuthorization(platform.db, actor, ref)
    if (!found || found.revokedAt) throw notFound('authorization')
    return found
  },
}
