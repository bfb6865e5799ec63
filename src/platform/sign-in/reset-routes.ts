import { requireFreshSignIn } from '#/platform/account/fresh-sign-in.ts'
import { accountByOperator } from '#/platform/account/account-access.ts'
import { route } from '#/platform/route.ts'
import { resetFor } from './reset-password.ts'

export const resetRoutes = [
  route({
    method: 'POST',
    path: '/users/:account/password-resets',
    access: accountByOperator,
    handle: async ({ platform, actor, target }) => {
      requireFreshSignIn(actor)
      return { url: await resetFor(platform, actor, target) }
    },
  }),
]
