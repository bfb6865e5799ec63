import { sql } from 'kysely'
import type { Db } from '#/foundation/db.ts'
import { sha256 } from '#/foundation/ids.ts'

/** `setup` makes the operator's account its person's; `reset` sets a password in place of a forgotten one. */
export type LinkKind = 'setup' | 'reset'

export type NewLink = {
  accountId: string
  kind: LinkKind
  token: string
  /** null: until it is used. */
  lifetimeSeconds: number | null
}

/** In place of the account's earlier link of that kind. */
export const putLink = async (
  tx: Db,
  { accountId, kind, token, lifetimeSeconds }: NewLink,
): Promise<void> => {
  const fresh = {
    tokenHash: sha256(token),
    expiresAt:
      lifetimeSeconds === null
        ? null
        : sql<Date>`now() + make_interval(secs => ${lifetimeSeconds})`,
    createdAt: sql<Date>`now()`,
  }
  await tx
    .insertInto('accountLinks')
    .values({ accountId, kind, ...fresh })
    .onConflict((conflict) => conflict.columns(['accountId', 'kind']).doUpdateSet(fresh))
    .execute()
}

const IS_GOOD = sql<boolean>`(expires_at is null or expires_at > now())`

/** Whose a living link is. */
export const findLink = (
  db: Db,
  kind: LinkKind,
  token: string,
): Promise<{ accountId: string; email: string } | undefined> =>
  db
    .selectFrom('accountLinks')
    .innerJoin('accounts', 'accounts.id', 'accountLinks.accountId')
    .select(['accountId', 'email'])
    .where('tokenHash', '=', sha256(token))
    .where('kind', '=', kind)
    .where(IS_GOOD)
    .executeTakeFirst()

/** Of two who use a link at once one gets it. */
export const takeLink = async (
  tx: Db,
  kind: LinkKind,
  token: string,
): Promise<string | undefined> => {
  const taken = await tx
    .deleteFrom('accountLinks')
    .where('tokenHash', '=', sha256(token))
    .where('kind', '=', kind)
    .where(IS_GOOD)
    .returning('accountId')
    .executeTakeFirst()
  return taken?.accountId
}

/** Links that were made before the account's password was changed are good no more. */
export const deleteLinks = async (tx: Db, accountId: string): Promise<void> => {
  await tx.deleteFrom('accountLinks').where('accountId', '=', accountId).execute()
}

export const deleteExpiredLinks = async (db: Db): Promise<void> => {
  await db
    .deleteFrom('accountLinks')
    .where('expiresAt', '<', sql<Date>`now()`)
    .execute()
}
