import { ownAccount } from '#/platform/account/account-access.ts'
import { route } from '#/platform/route.ts'
import {
  beginTwoFactor,
  confirmTwoFactor,
  disableTwoFactor,
  renewRecoveryCodes,
} from './change-two-factor.ts'
import { WithCode, WithPassword, WithPasswordAndCode } from './sign-in-schema.ts'

/** Not Heroku's, whose CLI has no way to change this any more: for `sluice auth:2fa:*` and the dashboard. */
export const twoFactorRoutes = [
  route({
    method: 'POST',
    path: '/account/two-factor',
    access: ownAccount,
    body: WithPassword,
    handle: ({ platform, actor, body }) => beginTwoFactor(platform, actor, body.password),
  }),
  route({
    method: 'POST',
    path: '/account/two-factor/actions/confirm',
    status: 200,
    access: ownAccount,
    body: WithCode,
    handle: async ({ platform, actor, body }) => ({
      recovery_codes: await confirmTwoFactor(platform, actor, body.code),
    }),
  }),
  route({
    method: 'POST',
    path: '/account/two-factor/actions/renew-recovery-codes',
    status: 200,
    access: ownAccount,
    body: WithPasswordAndCode,
    handle: async ({ platform, actor, body }) => ({
      recovery_codes: await renewRecoveryCodes(platform, actor, body),
    }),
  }),
  route({
    method: 'DELETE',
    path: '/account/two-factor',
    access: ownAccount,
    body: WithPasswordAndCode,
    handle: async ({ platform, actor, body }) => {
      await disableTwoFactor(platform, actor, body)
      return {}
    },
  }),
]
