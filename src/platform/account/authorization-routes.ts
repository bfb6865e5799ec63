import { route } from '#/platform/route.ts'
import { ownAccount } from './account-access.ts'
import { getOwnAccount } from './account-store.ts'
import { ownAuthorization } from './authorization-access.ts'
import {
  CreateAuthorization,
  presentAuthorization,
  UpdateAuthorization,
} from './authorization-schema.ts'
import { listAuthorizations } from './authorization-store.ts'
import {
  endAuthorization,
  renameAuthorization,
  rotateAuthorization,
} from './change-authorization.ts'
import { createAuthorization } from './create-authorization.ts'

export const authorizationRoutes = [
  route({
    method: 'GET',
    path: '/oauth/authorizations',
    access: ownAccount,
    handle: async ({ platform, actor, target }) =>
      (await listAuthorizations(platform.db, actor)).map((one) =>
        presentAuthorization(one, target),
      ),
  }),
  route({
    method: 'POST',
    path: '/oauth/authorizations',
    takesPassword: true,
    access: ownAccount,
    body: CreateAuthorization,
    handle: async ({ platform, actor, body, target }) => {
      const { authorization, token } = await createAuthorization(platform, actor, body)
      return presentAuthorization(authorization, target, token)
    },
  }),
  route({
    method: 'GET',
    path: '/oauth/authorizations/:authorization',
    access: ownAuthorization,
    handle: async ({ platform, actor, target }) =>
      presentAuthorization(target, await getOwnAccount(platform.db, actor)),
  }),
  route({
    method: 'PATCH',
    path: '/oauth/authorizations/:authorization',
    access: ownAuthorization,
    body: UpdateAuthorization,
    handle: async ({ platform, actor, body, target }) => {
      const { description = target.description } = body
      const changed = await renameAuthorization(platform, actor, target, description)
      return presentAuthorization(changed, await getOwnAccount(platform.db, actor))
    },
  }),
  route({
    method: 'DELETE',
    path: '/oauth/authorizations/:authorization',
    access: ownAuthorization,
    handle: async ({ platform, actor, target }) => {
      await endAuthorization(platform, actor, target)
      return presentAuthorization(target, await getOwnAccount(platform.db, actor))
    },
  }),
  route({
    method: 'POST',
    path: '/oauth/authorizations/:authorization/actions/regenerate-tokens',
    status: 200,
    access: ownAuthorization,
    handle: async ({ platform, actor, target }) => {
      const { authorization, token } = await rotateAuthorization(platform, actor, target)
      return presentAuthorization(authorization, await getOwnAccount(platform.db, actor), token)
    },
  }),
]
