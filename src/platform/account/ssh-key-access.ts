import { notFound } from '#/foundation/errors.ts'
import type { Access } from '#/platform/route.ts'
import { findSshKey } from './ssh-key-store.ts'
import type { SshKey } from './ssh-key.ts'

/** Below `/account/keys/:key`: one of the caller's own, by id or fingerprint. */
export const ownSshKey: Access<SshKey> = {
  name: 'key:own',
  find: async ({ platform, actor, params }) => {
    const found = await findSshKey(platform.db, actor, params['key'] ?? '')
    if (!found) throw notFound('key')
    return found
  },
}
