import { sql } from 'kysely'
import type { Db } from '#/foundation/db.ts'

export type Credentials = {
  id: string
  email: string
  passwordHash: string | null
  twoFactor: boolean
}

const COLUMNS = ['id', 'email', 'passwordHash', 'twoFactor'] as const

export const findCredentials = (db: Db, email: string): Promise<Credentials | undefined> =>
  db
    .selectFrom('accounts')
    .select(COLUMNS)
    .where(sql`lower(email)`, '=', email.toLowerCase())
    .executeTakeFirst()

export const getCredentials = (db: Db, accountId: string): Promise<Credentials> =>
  db.selectFrom('accounts').select(COLUMNS).where('id', '=', accountId).executeTakeFirstOrThrow()

/** As `getCredentials`, and nobody else changes them until the transaction ends. */
export const lockCredentials = (tx: Db, accountId: string): Promise<Credentials> =>
  tx
    .selectFrom('accounts')
    .select(COLUMNS)
    .where('id', '=', accountId)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow()

export const setPasswordHash = async (
  tx: Db,
  accountId: string,
  passwordHash: string,
): Promise<void> => {
  await tx
    .updateTable('accounts')
    .set({ passwordHash, updatedAt: sql<Date>`now()` })
    .where('id', '=', accountId)
    .execute()
}

/** Hashed anew in today's way, unless the password has been changed meanwhile. */
export const replaceHash = async (
  db: Db,
  accountId: string,
  from: string,
  to: string,
): Promise<void> => {
  await db
    .updateTable('accounts')
    .set({ passwordHash: to })
    .where('id', '=', accountId)
    .where('passwordHash', '=', from)
    .execute()
}

export const noteLogin = async (db: Db, accountId: string): Promise<void> => {
  await db
    .updateTable('accounts')
    .set({ lastLoginAt: sql<Date>`now()` })
    .where('id', '=', accountId)
    .execute()
}
