import { route } from '#/platform/route.ts'
import { ownAccount } from './account-access.ts'
import { getOwnAccount } from './account-store.ts'
import { addSshKey, removeSshKey } from './change-ssh-keys.ts'
import { ownSshKey } from './ssh-key-access.ts'
import { AddSshKey, presentSshKey } from './ssh-key-schema.ts'
import { listSshKeys } from './ssh-key-store.ts'

export const sshKeyRoutes = [
  route({
    method: 'GET',
    reach: 'account',
    path: '/account/keys',
    access: ownAccount,
    handle: async ({ platform, actor, target }) =>
      (await listSshKeys(platform.db, actor)).map((key) => presentSshKey(key, target)),
  }),
  route({
    method: 'POST',
    scope: 'global',
    path: '/account/keys',
    access: ownAccount,
    body: AddSshKey,
    handle: async ({ platform, actor, body, target }) =>
      presentSshKey(await addSshKey(platform, actor, body.public_key), target),
  }),
  route({
    method: 'GET',
    reach: 'account',
    path: '/account/keys/:key',
    access: ownSshKey,
    handle: async ({ platform, actor, target }) =>
      presentSshKey(target, await getOwnAccount(platform.db, actor)),
  }),
  route({
    method: 'DELETE',
    scope: 'global',
    path: '/account/keys/:key',
    access: ownSshKey,
    handle: async ({ platform, actor, target }) => {
      await removeSshKey(platform, actor, target)
      return presentSshKey(target, await getOwnAccount(platform.db, actor))
    },
  }),
]
