import { notFound } from '#/foundation/errors.ts'
import type { Access } from '#/platform/route.ts'
import { findOauthClient } from './oauth-client-store.ts'
import type { OauthClient } from './oauth-client.ts'

/** Below `/oauth/clients/:client`: one of the caller's own. */
export const ownOauthClient: Access<OauthClient> = {
  name: 'oauth-client:own',
  find: async ({ platform, actor, params }) => {
    const found = await findOauthClient(platform.db, actor, params['client'] ?? '')
    if (!found) throw notFound('oauth_client', "Couldn't find that OAuth client.")
    return found
  },
}
