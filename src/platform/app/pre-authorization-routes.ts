import { getOwnAccount } from '#/platform/account/account-store.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'
import { route } from '#/platform/route.ts'
import { spendCode } from '#/platform/sign-in/change-two-factor.ts'
import { twoFactorNeeded } from '#/platform/sign-in/check-credentials.ts'
import { onApp } from './app-access.ts'

/**
 * Heroku asks for a code before some acts on some apps; its CLI then brings the code here first. Nothing here asks
 * so, but a client that comes is told whether its code is right.
 */
export const preAuthorizationRoutes = [
  route({
    method: 'PUT',
    path: '/apps/:app/pre-authorizations',
    access: onApp(...NEEDED.look),
    handle: async ({ platform, actor, request }) => {
      const own = await getOwnAccount(platform.db, actor)
      if (!own.twoFactor) return {}
      const code = request.headers['heroku-two-factor-code']
      if (code === undefined) throw twoFactorNeeded()
      await spendCode(platform, actor, own, code.toString())
      return {}
    },
  }),
]
