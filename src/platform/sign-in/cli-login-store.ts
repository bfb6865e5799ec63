import { sql } from 'kysely'
import type { Db } from '#/foundation/db.ts'
import { isId, sha256 } from '#/foundation/ids.ts'

export type CliLogin = {
  id: string
  description: string
  remoteAddress: string | null
  state: 'waiting' | 'approved' | 'denied' | 'done'
  accountId: string | null
  createdAt: Date
  expiresAt: Date
}

const COLUMNS = [
  'id',
  'description',
  'remoteAddress',
  'state',
  'accountId',
  'createdAt',
  'expiresAt',
] as const

export type NewCliLogin = {
  browserSecret: string
  cliSecret: string
  description: string
  remoteAddress: string | null
}

export const insertCliLogin = (
  tx: Db,
  { browserSecret, cliSecret, description, remoteAddress }: NewCliLogin,
): Promise<CliLogin> =>
  tx
    .insertInto('cliLogins')
    .values({
      browserHash: sha256(browserSecret),
      cliHash: sha256(cliSecret),
      description,
      remoteAddress,
      expiresAt: sql<Date>`now() + interval '10 minutes'`,
    })
    .returning(COLUMNS)
    .executeTakeFirstOrThrow()

/** How many wait: of one address, and in all. */
export const countCliLogins = async (
  db: Db,
  remoteAddress: string | null,
): Promise<{ ofAddress: number; all: number }> =>
  db
    .selectFrom('cliLogins')
    .select([
      sql<number>`count(*) filter (where remote_address is not distinct from ${remoteAddress})`.as(
        'ofAddress',
      ),
      sql<number>`count(*)`.as('all'),
    ])
    .where('expiresAt', '>', sql<Date>`now()`)
    .where('state', '=', 'waiting')
    .executeTakeFirstOrThrow()

/** What a browser was sent to, if it still waits. */
export const findWaiting = (db: Db, browserSecret: string): Promise<CliLogin | undefined> =>
  db
    .selectFrom('cliLogins')
    .select(COLUMNS)
    .where('browserHash', '=', sha256(browserSecret))
    .where('state', '=', 'waiting')
    .where('expiresAt', '>', sql<Date>`now()`)
    .executeTakeFirst()

/** Of two answers at once the first counts. */
export const decide = (
  tx: Db,
  browserSecret: string,
  { state, accountId }: { state: 'approved' | 'denied'; accountId: string },
): Promise<CliLogin | undefined> =>
  tx
    .updateTable('cliLogins')
    .set({ state, accountId })
    .where('browserHash', '=', sha256(browserSecret))
    .where('state', '=', 'waiting')
    .where('expiresAt', '>', sql<Date>`now()`)
    .returning(COLUMNS)
    .executeTakeFirst()

/** The login that a CLI made, by its secret. */
export const findCliLogin = async (
  db: Db,
  id: string,
  cliSecret: string,
): Promise<CliLogin | undefined> =>
  isId(id)
    ? db
        .selectFrom('cliLogins')
        .select(COLUMNS)
        .where('id', '=', id)
        .where('cliHash', '=', sha256(cliSecret))
        .executeTakeFirst()
    : undefined

/** Once only; returns whose token is to be made. */
export const finish = (
  tx: Db,
  id: string,
): Promise<{ accountId: string | null; email: string; description: string } | undefined> =>
  tx
    .updateTable('cliLogins')
    .from('accounts')
    .set({ state: 'done' })
    .where('cliLogins.id', '=', id)
    .where('state', '=', 'approved')
    .where('expiresAt', '>', sql<Date>`now()`)
    .whereRef('accounts.id', '=', 'cliLogins.accountId')
    .returning(['accountId', 'email', 'description'])
    .executeTakeFirst()

export const deleteExpiredCliLogins = async (db: Db): Promise<void> => {
  await db
    .deleteFrom('cliLogins')
    .where('expiresAt', '<', sql<Date>`now() - interval '1 hour'`)
    .execute()
}
