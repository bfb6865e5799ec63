import { sql } from 'kysely'
import type { Db } from '#/foundation/db.ts'
import { isId, sha256 } from '#/foundation/ids.ts'
import { SESSION_IS_ALIVE } from '#/platform/account/authorization-store.ts'
import type { Actor } from '#/platform/event/actor.ts'

export type Session = {
  id: string
  accountId: string
  level: 'half' | 'full'
  remoteAddress: string | null
  userAgent: string | null
  createdAt: Date
  /** When its person last proved who they are, to us or to the provider that vouches for them. */
  signedInAt: Date
  lastUsedAt: Date
  expiresAt: Date
}

const COLUMNS = [
  'webSessions.id',
  'accountId',
  'level',
  'remoteAddress',
  'userAgent',
  'webSessions.createdAt',
  'signedInAt',
  'lastUsedAt',
  'expiresAt',
] as const

export type NewSession = {
  accountId: string
  secret: string
  level: 'half' | 'full'
  remoteAddress: string | null
  userAgent: string | null
  lifetimeSeconds: number
  /** Now, unless a provider says when. */
  signedInAt?: Date | undefined
}

export const insertSession = (
  tx: Db,
  { secret, lifetimeSeconds, signedInAt, ...rest }: NewSession,
): Promise<Session> =>
  tx
    .insertInto('webSessions')
    .values({
      ...rest,
      ...(signedInAt ? { signedInAt } : {}),
      secretHash: sha256(secret),
      expiresAt: sql<Date>`now() + make_interval(secs => ${lifetimeSeconds})`,
    })
    .returning(COLUMNS)
    .executeTakeFirstOrThrow()

/** The living session of a cookie, and whose it is. Notes its use once a minute. */
export const findSession = async (
  db: Db,
  secret: string,
  level: Session['level'],
): Promise<(Session & { email: string }) | undefined> => {
  const found = await db
    .selectFrom('webSessions')
    .innerJoin('accounts', 'accounts.id', 'webSessions.accountId')
    .select([...COLUMNS, 'accounts.email'])
    .where('secretHash', '=', sha256(secret))
    .where('level', '=', level)
    .where(SESSION_IS_ALIVE)
    .executeTakeFirst()
  if (found && Date.now() - found.lastUsedAt.getTime() > 60_000)
    await db
      .updateTable('webSessions')
      .set({ lastUsedAt: sql<Date>`now()` })
      .where('id', '=', found.id)
      .execute()
  return found
}

/** The caller's own living ones, newest first. */
export const listSessions = (db: Db, actor: Actor): Promise<Session[]> =>
  db
    .selectFrom('webSessions')
    .select(COLUMNS)
    .where('accountId', '=', actor.accountId)
    .where('level', '=', 'full')
    .where(SESSION_IS_ALIVE)
    .orderBy('createdAt', 'desc')
    .execute()

/** @returns what was ended, if it was the caller's and alive. */
export const deleteSession = async (
  tx: Db,
  actor: Actor,
  id: string,
): Promise<Session | undefined> =>
  isId(id)
    ? tx
        .deleteFrom('webSessions')
        .where('id', '=', id)
        .where('accountId', '=', actor.accountId)
        .where('level', '=', 'full')
        .where(SESSION_IS_ALIVE)
        .returning(COLUMNS)
        .executeTakeFirst()
    : undefined

/** Whatever the cookie stood for ends. */
export const deleteSessionOf = async (tx: Db, secret: string): Promise<boolean> => {
  const { numDeletedRows } = await tx
    .deleteFrom('webSessions')
    .where('secretHash', '=', sha256(secret))
    .executeTakeFirst()
  return numDeletedRows > 0n
}

export const deleteSessions = async (
  tx: Db,
  accountId: string,
  { except }: { except: string | undefined },
): Promise<void> => {
  await tx
    .deleteFrom('webSessions')
    .where('accountId', '=', accountId)
    .$if(except !== undefined, (query) => query.where('id', '!=', except ?? ''))
    .execute()
}

export const deleteEndedSessions = async (db: Db): Promise<void> => {
  await db
    .deleteFrom('webSessions')
    .where((eb) => eb.not(SESSION_IS_ALIVE))
    .execute()
}
