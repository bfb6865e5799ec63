import { sql } from 'kysely'
import type { Db } from '#/foundation/db.ts'
import { sha256 } from '#/foundation/ids.ts'
import { networkOf, waitAfter, type Subject } from './throttle.ts'

export type Attempt = { email: string; remoteAddress: string | null }

const AT_REST = sql<boolean>`sign_in_attempts.last_at < now() - interval '1 hour'`
const KNOWN_FOR = sql<Date>`now() - interval '90 days'`

/**
 * Counts an attempt before it is looked at, so that many at once are all counted.
 * @returns seconds until the next is let through, if this one is not.
 */
export const countAttempt = async (tx: Db, attempt: Attempt): Promise<number> => {
  const isKnown = await isKnownAddress(tx, attempt)
  const subjects = subjectsOf(attempt).filter(({ kind }) => kind !== 'account' || !isKnown)
  let wait = 0
  for (const { key } of subjects) wait = Math.max(wait, await secondsLeft(tx, key))
  if (wait > 0) return wait
  for (const { kind, key } of subjects) await countOne(tx, kind, key)
  return 0
}

/** Locks the row, or makes it, so that attempts at once see one another. */
const secondsLeft = async (tx: Db, subject: Buffer): Promise<number> => {
  const { left } = await tx
    .insertInto('signInAttempts')
    .values({ subject, attempts: 0 })
    .onConflict((conflict) =>
      conflict.column('subject').doUpdateSet({
        attempts: sql`case when ${AT_REST} then 0 else sign_in_attempts.attempts end`,
      }),
    )
    .returning(
      sql<number>`coalesce(extract(epoch from blocked_until - now()), 0)::float8`.as('left'),
    )
    .executeTakeFirstOrThrow()
  return Math.max(0, left)
}

const countOne = async (tx: Db, kind: Subject, subject: Buffer): Promise<void> => {
  const { attempts } = await tx
    .updateTable('signInAttempts')
    .set({ attempts: sql`attempts + 1`, lastAt: sql<Date>`now()` })
    .where('subject', '=', subject)
    .returning('attempts')
    .executeTakeFirstOrThrow()
  const seconds = waitAfter(kind, attempts)
  if (seconds > 0)
    await tx
      .updateTable('signInAttempts')
      .set({ blockedUntil: sql<Date>`now() + make_interval(secs => ${seconds})` })
      .where('subject', '=', subject)
      .execute()
}

/** The attempt was no wrong guess: it counts as if it had not been. */
export const forgiveAttempt = async (tx: Db, attempt: Attempt): Promise<void> => {
  const keys = subjectsOf(attempt).map(({ key }) => key)
  await tx
    .updateTable('signInAttempts')
    .set({ attempts: sql`greatest(attempts - 1, 0)`, blockedUntil: null })
    .where('subject', 'in', keys)
    .execute()
}

/** It succeeded: the account starts anew from this address, which is known from now on. */
export const settleAttempt = async (tx: Db, attempt: Attempt, accountId: string): Promise<void> => {
  await forgiveAttempt(tx, attempt)
  const keys = subjectsOf(attempt)
    .filter(({ kind }) => kind !== 'address')
    .map(({ key }) => key)
  await tx.deleteFrom('signInAttempts').where('subject', 'in', keys).execute()
  await tx
    .insertInto('knownAddresses')
    .values({ accountId, address: networkOf(attempt.remoteAddress) })
    .onConflict((conflict) =>
      conflict.columns(['accountId', 'address']).doUpdateSet({ lastAt: sql<Date>`now()` }),
    )
    .execute()
}

const isKnownAddress = async (db: Db, { email, remoteAddress }: Attempt): Promise<boolean> => {
  const found = await db
    .selectFrom('knownAddresses')
    .innerJoin('accounts', 'accounts.id', 'knownAddresses.accountId')
    .select('address')
    .where(sql`lower(email)`, '=', email.toLowerCase())
    .where('address', '=', networkOf(remoteAddress))
    .where('lastAt', '>', KNOWN_FOR)
    .executeTakeFirst()
  return found !== undefined
}

/** In the one order in which all lock them. */
const subjectsOf = ({ email, remoteAddress }: Attempt): { kind: Subject; key: Buffer }[] => {
  const address = networkOf(remoteAddress)
  const account = email.toLowerCase()
  return [
    { kind: 'address', key: sha256(JSON.stringify(['address', address])) },
    { kind: 'account', key: sha256(JSON.stringify(['account', account])) },
    { kind: 'both', key: sha256(JSON.stringify(['both', address, account])) },
  ]
}

export const deleteOldAttempts = async (db: Db): Promise<void> => {
  await db.deleteFrom('signInAttempts').where(AT_REST).execute()
  await db.deleteFrom('knownAddresses').where('lastAt', '<', KNOWN_FOR).execute()
}
