import { sql } from 'kysely'
import type { Db } from '#/foundation/db.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Account } from './account.ts'

const COLUMNS = [
  'id',
  'email',
  'name',
  'twoFactor',
  'lastLoginAt',
  'createdAt',
  'updatedAt',
] as const

export const insertAccount = (tx: Db, email: string): Promise<Account> =>
  tx.insertInto('accounts').values({ email }).returning(COLUMNS).executeTakeFirstOrThrow()

/** The operator: whoever was there first. */
export const findFirstAccount = (db: Db): Promise<Account | undefined> =>
  db.selectFrom('accounts').select(COLUMNS).orderBy('createdAt').limit(1).executeTakeFirst()

/** Until the transaction ends nobody else makes an account: two first starts at once make one operator. */
export const lockAccounts = async (tx: Db): Promise<void> => {
  await sql`lock table accounts in share row exclusive mode`.execute(tx)
}

/** The caller's own account. */
export const getOwnAccount = (db: Db, actor: Actor): Promise<Account> =>
  db
    .selectFrom('accounts')
    .select(COLUMNS)
    .where('id', '=', actor.accountId)
    .executeTakeFirstOrThrow()

/** As `getOwnAccount`, and nobody else changes it until the transaction ends. */
export const lockOwnAccount = (tx: Db, actor: Actor): Promise<Account> =>
  tx
    .selectFrom('accounts')
    .select(COLUMNS)
    .where('id', '=', actor.accountId)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow()

export const renameAccount = (tx: Db, actor: Actor, name: string | null): Promise<Account> =>
  tx
    .updateTable('accounts')
    .set({ name, updatedAt: sql<Date>`now()` })
    .where('id', '=', actor.accountId)
    .returning(COLUMNS)
    .executeTakeFirstOrThrow()

/** For the platform's own use: to callers it is not told whether there is one. */
export const findAccountByEmail = (db: Db, email: string): Promise<Account | undefined> =>
  db
    .selectFrom('accounts')
    .select(COLUMNS)
    .where(sql`lower(email)`, '=', email.toLowerCase())
    .executeTakeFirst()

/** By id or e-mail address, but only one that shares a team with the caller, or the caller. */
export const findVisibleAccount = (
  db: Db,
  actor: Actor,
  ref: string,
): Promise<Account | undefined> =>
  db
    .selectFrom('accounts')
    .select(COLUMNS)
    .where((eb) =>
      eb.or([eb(sql`id::text`, '=', ref), eb(sql`lower(email)`, '=', ref.toLowerCase())]),
    )
    .where((eb) =>
      eb.or([
        eb('id', '=', actor.accountId),
        eb.exists(
          eb
            .selectFrom('teamMembers as theirs')
            .innerJoin('teamMembers as mine', 'mine.teamId', 'theirs.teamId')
            .whereRef('theirs.accountId', '=', 'accounts.id')
            .where('mine.accountId', '=', actor.accountId)
            .select('mine.teamId'),
        ),
      ]),
    )
    .executeTakeFirst()

export const changeEmail = async (tx: Db, accountId: string, email: string): Promise<void> => {
  await tx
    .updateTable('accounts')
    .set({ email, updatedAt: sql<Date>`now()` })
    .where('id', '=', accountId)
    .execute()
}

/** Any, by id or e-mail address: for whoever may know of all. */
export const findAccount = (db: Db, ref: string): Promise<Account | undefined> =>
  db
    .selectFrom('accounts')
    .select(COLUMNS)
    .where((eb) =>
      eb.or([eb(sql`id::text`, '=', ref), eb(sql`lower(email)`, '=', ref.toLowerCase())]),
    )
    .executeTakeFirst()
