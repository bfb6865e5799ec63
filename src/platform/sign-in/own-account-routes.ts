import type { Static } from 'typebox'
import { invalidParams } from '#/foundation/errors.ts'
import { ownAccount } from '#/platform/account/account-access.ts'
import { presentAccount } from '#/platform/account/account-schema.ts'
import { updateAccount } from '#/platform/account/update-account.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { route } from '#/platform/route.ts'
import { changePassword } from './change-password.ts'
import type { Needs } from './check-credentials.ts'
import { UpdateOwnAccount } from './sign-in-schema.ts'

const update = async (
  needs: Needs,
  actor: Actor,
  { password, new_password: newPassword, ...rest }: Static<typeof UpdateOwnAccount>,
) => {
  if (newPassword !== undefined) {
    if (password === undefined)
      throw invalidParams('A new password needs the present one, as password.')
    await changePassword(needs, actor, { password, newPassword })
  }
  return presentAccount(await updateAccount(needs, actor, rest))
}

export const ownAccountRoutes = [
  route({
    method: 'PATCH',
    path: '/account',
    access: ownAccount,
    body: UpdateOwnAccount,
    handle: ({ platform, actor, body }) => update(platform, actor, body),
  }),
  route({
    method: 'PATCH',
    path: '/users/:account',
    access: ownAccount,
    body: UpdateOwnAccount,
    handle: ({ platform, actor, body }) => update(platform, actor, body),
  }),
]
