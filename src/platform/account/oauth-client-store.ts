import { sql } from 'kysely'
import type { Db } from '#/foundation/db.ts'
import { notFound } from '#/foundation/errors.ts'
import { isId, sha256 } from '#/foundation/ids.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { hintOf } from './account.ts'
import type { OauthClient } from './oauth-client.ts'

const COLUMNS = ['id', 'name', 'redirectUri', 'secretHint', 'createdAt', 'updatedAt'] as const

/** @throws a violation of `oauth_clients_name_key` if the caller has one of that name */
export const insertOauthClient = (
  tx: Db,
  accountId: string,
  { secret, ...input }: { name: string; redirectUri: string; secret: string },
): Promise<OauthClient> =>
  tx
    .insertInto('oauthClients')
    .values({ ...input, accountId, ...secretColumns(secret) })
    .returning(COLUMNS)
    .executeTakeFirstOrThrow()

const secretColumns = (secret: string) => ({
  secretHash: sha256(secret),
  secretHint: hintOf(secret),
})

export const listOauthClients = (db: Db, actor: Actor): Promise<OauthClient[]> =>
  db
    .selectFrom('oauthClients')
    .select(COLUMNS)
    .where('accountId', '=', actor.accountId)
    .orderBy('name')
    .execute()

export const findOauthClient = async (
  db: Db,
  actor: Actor,
  id: string,
): Promise<OauthClient | undefined> =>
  isId(id)
    ? db
        .selectFrom('oauthClients')
        .select(COLUMNS)
        .where('id', '=', id)
        .where('accountId', '=', actor.accountId)
        .executeTakeFirst()
    : undefined

/** Whoever's it is: knowing the secret is the permission. */
export const findOauthClientBySecret = async (
  db: Db,
  id: string,
  secret: string,
): Promise<OauthClient | undefined> =>
  isId(id)
    ? db
        .selectFrom('oauthClients')
        .select(COLUMNS)
        .where('id', '=', id)
        .where('secretHash', '=', sha256(secret))
        .executeTakeFirst()
    : undefined

/** Those that authorizations of the caller's belong to, by id. */
export const listClientsOfAuthorizations = async (
  db: Db,
  actor: Actor,
): Promise<Map<string, OauthClient>> =>
  new Map(
    (
      await db
        .selectFrom('oauthClients')
        .select(COLUMNS)
        .where((eb) =>
          eb.exists(
            eb
              .selectFrom('authorizations')
              .select('authorizations.id')
              .whereRef('authorizations.clientId', '=', 'oauthClients.id')
              .where('authorizations.accountId', '=', actor.accountId),
          ),
        )
        .execute()
    ).map((client) => [client.id, client]),
  )

/** Nobody else changes it until the transaction ends. @throws 404 if it is not the caller's, or gone meanwhile */
export const lockOauthClient = async (tx: Db, actor: Actor, id: string): Promise<OauthClient> => {
  const found = await tx
    .selectFrom('oauthClients')
    .select(COLUMNS)
    .where('id', '=', id)
    .where('accountId', '=', actor.accountId)
    .forUpdate()
    .executeTakeFirst()
  if (!found) throw notFound('oauth_client', "Couldn't find that OAuth client.")
  return found
}

export const changeOauthClient = (
  tx: Db,
  actor: Actor,
  id: string,
  { secret, ...change }: { name?: string; redirectUri?: string; secret?: string },
): Promise<OauthClient> =>
  tx
    .updateTable('oauthClients')
    .set({
      ...change,
      ...(secret === undefined ? {} : secretColumns(secret)),
      updatedAt: sql<Date>`now()`,
    })
    .where('id', '=', id)
    .where('accountId', '=', actor.accountId)
    .returning(COLUMNS)
    .executeTakeFirstOrThrow()

/** The tokens that were its go with it. */
export const deleteOauthClient = async (tx: Db, actor: Actor, id: string): Promise<void> => {
  await tx
    .deleteFrom('oauthClients')
    .where('id', '=', id)
    .where('accountId', '=', actor.accountId)
    .execute()
}
