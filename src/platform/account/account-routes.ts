import { notFound } from '#/foundation/errors.ts'
import { account, route } from '#/platform/route.ts'
import { ownAccount, visibleAccount } from './account-access.ts'
import { presentAccount } from './account-schema.ts'

export const accountRoutes = [
  route({
    method: 'GET',
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
  // The platform has none of Heroku's account features; a client asks for one to learn whether it is there.
  route({
    method: 'GET',
    path: '/account/features',
    access: account,
    handle: async () => [],
  }),
  route({
    method: 'GET',
    path: '/account/features/:feature',
    access: account,
    handle: async () => {
      throw notFound('account_feature')
    },
  }),
]
