import { sql, type ExpressionBuilder } from 'kysely'
import type { DB } from '#/foundation/database-types.ts'
import type { Db } from '#/foundation/db.ts'
import { notFound } from '#/foundation/errors.ts'
import { isId, sha256 } from '#/foundation/ids.ts'
import type { Actor, DeployBinding } from '#/platform/event/actor.ts'
import { isScope, type Scope } from '#/platform/event/scope.ts'
import { hintOf, type Authorization } from './account.ts'

const COLUMNS = [
  'id',
  'accountId',
  'description',
  'scope',
  'clientId',
  'tokenHint',
  'lastUsedAt',
  'expiresAt',
  'revokedAt',
  'createdAt',
  'updatedAt',
] as const

export type NewAuthorization = {
  accountId: string
  token: string
  description: string | null
  scope: readonly Scope[]
  expiresAt: Date | null
  clientId?: string | null
  boundTo?: DeployBinding
}

export const insertAuthorization = (
  tx: Db,
  { token, scope, boundTo, ...input }: NewAuthorization,
): Promise<Authorization> =>
  tx
    .insertInto('authorizations')
    .values({
      ...input,
      ...boundTo,
      scope: [...scope],
      tokenHash: sha256(token),
      tokenHint: hintOf(token),
    })
    .returning(COLUMNS)
    .executeTakeFirstOrThrow()

export type TokenHolder = {
  accountId: string
  email: string
  authorizationId: string
  scope: Scope[]
  boundTo: DeployBinding | undefined
  tokenMark: string
}

/** Who a token belongs to; undefined if there is none such, or it has expired or been revoked. Notes its use once a minute. */
export const findTokenHolder = async (db: Db, token: string): Promise<TokenHolder | undefined> => {
  const found = await db
    .selectFrom('authorizations')
    .innerJoin('accounts', 'accounts.id', 'authorizations.accountId')
    .select([
      'accounts.id as accountId',
      'accounts.email',
      'authorizations.id as authorizationId',
      'authorizations.scope',
      'authorizations.appId',
      'authorizations.pipelineId',
      'lastUsedAt',
    ])
    .where('tokenHash', '=', sha256(token))
    .where('revokedAt', 'is', null)
    .where((eb) => eb.or([eb('expiresAt', 'is', null), eb('expiresAt', '>', sql<Date>`now()`)]))
    .executeTakeFirst()
  if (!found) return undefined
  const { lastUsedAt, appId, pipelineId, scope, ...holder } = found
  if (!lastUsedAt || Date.now() - lastUsedAt.getTime() > 60_000) noteUse(db, holder.authorizationId)
  return {
    ...holder,
    scope: scope.filter(isScope),
    boundTo: bindingOf({ appId, pipelineId }),
    tokenMark: markOf(token),
  }
}

const bindingOf = (found: {
  appId: string | null
  pipelineId: string | null
}): DeployBinding | undefined => {
  if (found.appId !== null) return { appId: found.appId }
  return found.pipelineId === null ? undefined : { pipelineId: found.pipelineId }
}

/** What an actor came with, as far as it may be taken from them. */
export type Credential = Pick<Actor, 'authorizationId' | 'tokenMark'>

export type LivingToken = Pick<Actor, 'scope' | 'boundTo'> & { expiresAt: Date | null }

/**
 * What the actor signed in with, if it is good still; what is open asks again. Revoked, expired and rotated tokens are
 * not. The platform itself, and whoever needed none, have none to lose.
 */
export const findLiving = async (
  db: Db,
  { authorizationId, tokenMark }: Credential,
): Promise<LivingToken | undefined> => {
  if (authorizationId === null) return { scope: ['global'], expiresAt: null }
  let query = db
    .selectFrom('authorizations')
    .select(['scope', 'appId', 'pipelineId', 'expiresAt'])
    .where('id', '=', authorizationId)
    .where('revokedAt', 'is', null)
    .where((eb) => eb.or([eb('expiresAt', 'is', null), eb('expiresAt', '>', sql<Date>`now()`)]))
  if (tokenMark !== undefined)
    query = query.where(sql`encode(substring(token_hash from 1 for 8), 'hex')`, '=', tokenMark)
  const found = await query.executeTakeFirst()
  if (!found) return undefined
  const boundTo = bindingOf(found)
  return {
    scope: found.scope.filter(isScope),
    expiresAt: found.expiresAt,
    ...(boundTo ? { boundTo } : {}),
  }
}

/** Which of an authorization's tokens it is: it has another after each rotation. */
const markOf = (token: string): string => sha256(token).toString('hex').slice(0, 16)

/** Nobody waits for it, and of several at once one writes. What could not be noted, the next use notes. */
const noteUse = (db: Db, id: string): void => {
  db.updateTable('authorizations')
    .set({ lastUsedAt: sql<Date>`now()` })
    .where('id', '=', id)
    .where((eb) =>
      eb.or([
        eb('lastUsedAt', 'is', null),
        eb('lastUsedAt', '<', sql<Date>`now() - interval '1 minute'`),
      ]),
    )
    .execute()
    .catch(() => {})
}

/** The caller's own, living ones, newest first; deploy tokens are their apps' and pipelines', and not among them. */
export const listAuthorizations = (db: Db, actor: Actor): Promise<Authorization[]> =>
  db
    .selectFrom('authorizations')
    .select(COLUMNS)
    .where('accountId', '=', actor.accountId)
    .where('revokedAt', 'is', null)
    .where(isPersonal)
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
        .where(isPersonal)
        .executeTakeFirst()
    : undefined

const isPersonal = (eb: ExpressionBuilder<DB, 'authorizations'>) =>
  eb.and([eb('appId', 'is', null), eb('pipelineId', 'is', null)])

/** The one the account was made with, whether or not it has been revoked since. */
export const findFirstAuthorization = (db: Db, actor: Actor): Promise<Authorization | undefined> =>
  db
    .selectFrom('authorizations')
    .select(COLUMNS)
    .where('accountId', '=', actor.accountId)
    .where(isPersonal)
    .orderBy('createdAt')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()

/** Nobody else changes it until the transaction ends. @throws 404 as `changeLiving` */
export const lockAuthorization = async (
  tx: Db,
  actor: Actor,
  id: string,
): Promise<Authorization> => {
  const found = await tx
    .selectFrom('authorizations')
    .select(COLUMNS)
    .where('id', '=', id)
    .where('accountId', '=', actor.accountId)
    .where('revokedAt', 'is', null)
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!found) throw notFound('authorization')
  return found
}

export const changeAuthorization = (
  tx: Db,
  actor: Actor,
  id: string,
  change: { description: string | null; clientId: string | null },
): Promise<Authorization> => changeLiving(tx, actor, id, change)

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
  change: {
    description?: string | null
    clientId?: string | null
    tokenHash?: Buffer
    tokenHint?: string
    revokedAt?: Date
  },
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
