import { account, route } from '#/platform/route.ts'
import {
  createOauthClient,
  destroyOauthClient,
  rotateOauthClient,
  updateOauthClient,
} from './change-oauth-client.ts'
import { ownOauthClient } from './oauth-client-access.ts'
import { CreateOauthClient, presentOauthClient, UpdateOauthClient } from './oauth-client-schema.ts'
import { listOauthClients } from './oauth-client-store.ts'

export const oauthClientRoutes = [
  route({
    method: 'GET',
    scope: 'global',
    path: '/oauth/clients',
    access: account,
    handle: async ({ platform, actor }) =>
      (await listOauthClients(platform.db, actor)).map((client) => presentOauthClient(client)),
  }),
  route({
    method: 'POST',
    scope: 'global',
    path: '/oauth/clients',
    access: account,
    body: CreateOauthClient,
    handle: async ({ platform, actor, body: { name, redirect_uri: redirectUri } }) => {
      const { client, secret } = await createOauthClient(platform, actor, { name, redirectUri })
      return presentOauthClient(client, secret)
    },
  }),
  route({
    method: 'GET',
    scope: 'global',
    path: '/oauth/clients/:client',
    access: ownOauthClient,
    handle: async ({ target }) => presentOauthClient(target),
  }),
  route({
    method: 'PATCH',
    scope: 'global',
    path: '/oauth/clients/:client',
    access: ownOauthClient,
    body: UpdateOauthClient,
    handle: async ({ platform, actor, target, body: { name, redirect_uri: redirectUri } }) =>
      presentOauthClient(
        await updateOauthClient(platform, actor, target.id, {
          ...(name === undefined ? {} : { name }),
          ...(redirectUri === undefined ? {} : { redirectUri }),
        }),
      ),
  }),
  route({
    method: 'DELETE',
    scope: 'global',
    path: '/oauth/clients/:client',
    access: ownOauthClient,
    handle: async ({ platform, actor, target }) => {
      await destroyOauthClient(platform, actor, target.id)
      return presentOauthClient(target)
    },
  }),
  route({
    method: 'POST',
    scope: 'global',
    path: '/oauth/clients/:client/actions/rotate-credentials',
    status: 200,
    access: ownOauthClient,
    handle: async ({ platform, actor, target }) => {
      const { client, secret } = await rotateOauthClient(platform, actor, target)
      return presentOauthClient(client, secret)
    },
  }),
]
