import { transaction, type Db } from '#/foundation/db.ts'
import { conflict, invalidParams, violates } from '#/foundation/errors.ts'
import { newSecret } from '#/foundation/ids.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { lockOwnAccount } from './account-store.ts'
import { requireFreshSignIn } from './fresh-sign-in.ts'
import {
  changeOauthClient,
  deleteOauthClient,
  insertOauthClient,
  listOauthClients,
  lockOauthClient,
} from './oauth-client-store.ts'
import { MOST_OAUTH_CLIENTS, problemOfRedirectUri, type OauthClient } from './oauth-client.ts'

type Needs = Pick<Platform, 'db'>
export type WithSecret = { client: OauthClient; secret: string }

export const createOauthClient = (
  { db }: Needs,
  actor: Actor,
  input: { name: string; redirectUri: string },
): Promise<WithSecret> =>
  withFreeName(input.name, () =>
    transaction(db, async (tx) => {
      requireFreshSignIn(actor)
      checkRedirectUri(input.redirectUri)
      const { id: accountId } = await lockOwnAccount(tx, actor)
      if ((await listOauthClients(tx, actor)).length >= MOST_OAUTH_CLIENTS)
        throw invalidParams(`You have ${MOST_OAUTH_CLIENTS} OAuth clients, which is the limit.`)
      const secret = newSecret()
      const client = await insertOauthClient(tx, accountId, { ...input, secret })
      await noteChange(tx, actor, client, { action: 'create', after: shown(client) })
      return { client, secret }
    }),
  )

export const updateOauthClient = (
  { db }: Needs,
  actor: Actor,
  id: string,
  change: { name?: string; redirectUri?: string },
): Promise<OauthClient> =>
  withFreeName(change.name, () =>
    transaction(db, async (tx) => {
      if (change.redirectUri !== undefined) checkRedirectUri(change.redirectUri)
      const before = await lockOauthClient(tx, actor, id)
      const after = await changeOauthClient(tx, actor, id, change)
      await noteChange(tx, actor, after, {
        action: 'update',
        before: shown(before),
        after: shown(after),
      })
      return after
    }),
  )

/** The old secret is void at once. Of two rotations at once one wins. */
export const rotateOauthClient = (
  { db }: Needs,
  actor: Actor,
  { id, secretHint }: OauthClient,
): Promise<WithSecret> =>
  transaction(db, async (tx) => {
    requireFreshSignIn(actor)
    const before = await lockOauthClient(tx, actor, id)
    if (before.secretHint !== secretHint)
      throw conflict('The secret of this OAuth client has just been rotated by another request.')
    const secret = newSecret()
    const client = await changeOauthClient(tx, actor, id, { secret })
    await noteChange(tx, actor, client, { action: 'update', after: { rotated: true } })
    return { client, secret }
  })

export const destroyOauthClient = ({ db }: Needs, actor: Actor, id: string): Promise<void> =>
  transaction(db, async (tx) => {
    const before = await lockOauthClient(tx, actor, id)
    await deleteOauthClient(tx, actor, id)
    await noteChange(tx, actor, before, { action: 'destroy', before: shown(before) })
  })

const checkRedirectUri = (uri: string): void => {
  const problem = problemOfRedirectUri(uri)
  if (problem !== undefined) throw invalidParams(problem)
}

const withFreeName = async <T>(name: string | undefined, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (violates(error, 'oauth_clients_name_key'))
      throw invalidParams(`You have an OAuth client named ${name} already.`)
    throw error
  }
}

const shown = ({ name, redirectUri }: OauthClient) => ({ name, redirectUri })

const noteChange = (
  tx: Db,
  actor: Actor,
  { id }: OauthClient,
  change: { action: 'create' | 'update' | 'destroy'; before?: unknown; after?: unknown },
): Promise<void> => insertEvent(tx, actor, { resource: 'oauth-client', resourceId: id, ...change })
