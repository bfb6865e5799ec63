import { route } from '#/platform/route.ts'
import { ownAccount, visibleAccount } from './account-access.ts'
import { presentAccount } from './account-schema.ts'

export const accountRoutes = [
  route({
    method: 'GET',
    scope: 'identity',
    path: '/account',
    access: ownAccount,
    handle: async ({ target }) => presentAccount(target),
  }),
  route({
    method: 'GET',
    path: '/users/:account',
    access: visibleAccount,
    handle: async ({ target }) => presentAccount(target),
  }),
]
