import type { Actor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import { route } from '#/platform/route.ts'
import { ownAccount } from './account-access.ts'
import { getOwnAccount } from './account-store.ts'
import { ownAuthorization } from './authorization-access.ts'
import {
  CreateAuthorization,
  presentAuthorization,
  UpdateAuthorization,
} from './authorization-schema.ts'
import type { Authorization } from './account.ts'
import { listAuthorizations } from './authorization-store.ts'
import {
  endAuthorization,
  rotateAuthorization,
  updateAuthorization,
} from './change-authorization.ts'
import { createAuthorization } from './create-authorization.ts'
import { listClientsOfAuthorizations } from './oauth-client-store.ts'

/** @param token if it has just been made */
const show = async (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  authorization: Authorization,
  token?: string,
) =>
  presentAuthorization(
    authorization,
    await getOwnAccount(db, actor),
    await listClientsOfAuthorizations(db, actor),
    token,
  )

export const authorizationRoutes = [
  route({
    method: 'GET',
    scope: 'global',
    path: '/oauth/authorizations',
    access: ownAccount,
    handle: async ({ platform, actor, target }) => {
      const clients = await listClientsOfAuthorizations(platform.db, actor)
      return (await listAuthorizations(platform.db, actor)).map((one) =>
        presentAuthorization(one, target, clients),
      )
    },
  }),
  route({
    method: 'POST',
    scope: 'global',
    path: '/oauth/authorizations',
    takesPassword: true,
    access: ownAccount,
    body: CreateAuthorization,
    handle: async ({ platform, actor, body }) => {
      const { authorization, token } = await createAuthorization(platform, actor, body)
      return show(platform, actor, authorization, token)
    },
  }),
  route({
    method: 'GET',
    scope: 'global',
    path: '/oauth/authorizations/:authorization',
    access: ownAuthorization,
    handle: ({ platform, actor, target }) => show(platform, actor, target),
  }),
  route({
    method: 'PATCH',
    scope: 'global',
    path: '/oauth/authorizations/:authorization',
    access: ownAuthorization,
    body: UpdateAuthorization,
    handle: async ({ platform, actor, body, target }) =>
      show(platform, actor, await updateAuthorization(platform, actor, target, body)),
  }),
  route({
    method: 'DELETE',
    scope: 'global',
    path: '/oauth/authorizations/:authorization',
    access: ownAuthorization,
    handle: async ({ platform, actor, target }) => {
      await endAuthorization(platform, actor, target)
      return show(platform, actor, target)
    },
  }),
  route({
    method: 'POST',
    scope: 'global',
    path: '/oauth/authorizations/:authorization/actions/regenerate-tokens',
    status: 200,
    access: ownAuthorization,
    handle: async ({ platform, actor, target }) => {
      const { authorization, token } = await rotateAuthorization(platform, actor, target)
      return show(platform, actor, authorization, token)
    },
  }),
]
