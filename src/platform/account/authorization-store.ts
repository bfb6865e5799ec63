import { sql } from 'kysely'
import type { Db } from '#/foundation/db.ts'
import { notFound } from '#/foundation/errors.ts'
import { isId, sha256 } from '#/foundation/ids.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { hintOf, type Authorization } from './account.ts'

const COLUMNS = [
  'id',
  'accountId',
  'description',
  'scope',
  'tokenHint',
  'expiresAt',
  'revokedAt',
  'createdAt',
  'updatedAt',
] as const

export type NewAuthorization = {
  accountId: string
  token: string
  description: string | null
  scope: string[]
  expiresAt: Date | null
}

export const insertAuthorization = (
  tx: Db,
  { token, ...input }: NewAuthorization,
): Promise<Authorization> =>
  tx
    .insertInto('authorizations')
    .values({ ...input, tokenHash: sha256(token), tokenHint: hintOf(token) })
    .returning(COLUMNS)
    .executeTakeFirstOrThrow()

/** Who a token belongs to; undefined if there is none such, or it has expired or been revoked. Notes its use once a minute. */
export const findTokenHolder = async (
  db: Db,
  token: string,
): Promise<{ accountId: string; email: string; authorizationId: string } | undefined> => {
  const found = await db
    .selectFrom('authorizations')
    .innerJoin('accounts', 'accounts.id', 'authorizations.accountId')
    .select([
      'accounts.id as accountId',
      'accounts.email',
      'authorizations.id as authorizationId',
      'lastUsedAt',
    ])
    .where('tokenHash', '=', sha256(token))
    .where('revokedAt', 'is', null)
    .where((eb) => eb.or([eb('expiresAt', 'is', null), eb('expiresAt', '>', sql<Date>`now()`)]))
    .executeTakeFirst()
  if (!found) return undefined
  const { lastUsedAt, ...holder } = found
  if (!lastUsedAt || Date.now() - lastUsedAt.getTime() > 60_000)
    await noteUse(db, holder.authorizationId)
  return holder
}

/**
 * Whether what the actor signed in with is good still; what is open asks again. The platform itself, and whoever
 * needed none, have none to lose.
 */
export const isLive = async (db: Db, { authorizationId }: Actor): Promise<boolean> =>
  authorizationId === null ||
  (await db
    .selectFrom('authorizations')
    .select('id')
    .where('id', '=', authorizationId)
    .where('revokedAt', 'is', null)
    .where((eb) => eb.or([eb('expiresAt', 'is', null), eb('expiresAt', '>', sql<Date>`now()`)]))
    .executeTakeFirst()) !== undefined

const noteUse = (db: Db, id: string): Promise<unknown> =>
  db.updateTable('authorizations').set({ lastUsedAt: new Date() }).where('id', '=', id).execute()

/** The caller's own, living ones, newest first. */
export const listAuthorizations = (db: Db, actor: Actor): Promise<Authorization[]> =>
  db
    .selectFrom('authorizations')
    .select(COLUMNS)
    .where('accountId', '=', actor.accountId)
    .where('revokedAt', 'is', null)
    .orderBy('createdAt', 'desc')
    .execute()

export const findAuthorization = async (
  db: Db,
  actor: Actor,
  id: string,
): Promise<Authorization | undefined> =>
  isId(id)
    ? db
        .selectFrom('authorizations')
        .select(COLUMNS)
        .where('id', '=', id)
        .where('accountId', '=', actor.accountId)
        .executeTakeFirst()
    : undefined

/** The one the account was made with, whether or not it has been revoked since. */
export const findFirstAuthorization = (db: Db, actor: Actor): Promise<Authorization | undefined> =>
  db
    .selectFrom('authorizations')
    .select(COLUMNS)
    .where('accountId', '=', actor.accountId)
    .orderBy('createdAt')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()

export const describeAuthorization = (
  tx: Db,
  actor: Actor,
  id: string,
  description: string | null,
): Promise<Authorization> => changeLiving(tx, actor, id, { description })

export const replaceToken = (
  tx: Db,
  actor: Actor,
  id: string,
  token: string,
): Promise<Authorization> =>
  changeLiving(tx, actor, id, { tokenHash: sha256(token), tokenHint: hintOf(token) })

export const revokeAuthorization = async (tx: Db, actor: Actor, id: string): Promise<void> => {
  await changeLiving(tx, actor, id, { revokedAt: new Date() })
}

/** @throws 404 if it is not the caller's, or has been revoked meanwhile. */
const changeLiving = async (
  tx: Db,
  actor: Actor,
  id: string,
  change: { description?: string | null; tokenHash?: Buffer; tokenHint?: string; revokedAt?: Date },
): Promise<Authorization> => {
  const changed = await tx
    .updateTable('authorizations')
    .set({ ...change, updatedAt: new Date() })
    .where('id', '=', id)
    .where('accountId', '=', actor.accountId)
    .where('revokedAt', 'is', null)
    .returning(COLUMNS)
    .executeTakeFirst()
  if (!changed) throw notFound('authorization')
  return changed
}
