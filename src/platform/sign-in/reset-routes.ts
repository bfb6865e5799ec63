import { requireFreshSignIn } from '#/platform/account/fresh-sign-in.ts'
import { accountByOperator } from '#/platform/account/operator-access.ts'
import { route } from '#/platform/route.ts'
import { requirePasswords } from './check-credentials.ts'
import { resetFor } from './reset-password.ts'

export const resetRoutes = [
  route({
    method: 'POST',
    scope: 'global',
    path: '/users/:account/password-resets',
    access: accountByOperator,
    handle: async ({ platform, actor, target }) => {
      requireFreshSignIn(actor)
      requirePasswords(platform)
      return { url: await resetFor(platform, actor, target) }
    },
  }),
]
