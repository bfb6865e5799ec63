import { sql } from 'kysely'
import type { Db } from '#/foundation/db.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { isWildcard, parentOf, type Domain } from './domain.ts'

const COLUMNS = [
  'domains.id',
  'domains.appId',
  'domains.hostname',
  'domains.kind',
  'domains.status',
  'domains.createdAt',
  'domains.updatedAt',
  'domains.certificateId',
] as const

const select = (db: Db) =>
  db
    .selectFrom('domains')
    .leftJoin('certificates', 'certificates.id', 'domains.certificateId')
    .select(COLUMNS)
    .select('certificates.name as certificateName')

/** The default one first. */
export const listDomains = (db: Db, _actor: Actor, appId: string): Promise<Domain[]> =>
  select(db)
    .where('domains.appId', '=', appId)
    .orderBy(sql`kind = 'custom'`)
    .orderBy('hostname')
    .execute()

export const getDefaultDomain = (db: Db, _actor: Actor, appId: string): Promise<Domain> =>
  select(db)
    .where('domains.appId', '=', appId)
    .where('kind', '=', 'heroku')
    .executeTakeFirstOrThrow()

export const getDomain = (db: Db, _actor: Actor, id: string): Promise<Domain> =>
  select(db).where('domains.id', '=', id).executeTakeFirstOrThrow()

/**
 * Whether a wildcard of another team's app has this name, or this wildcard would have a name of theirs. Holds back
 * others who ask about the same names until the transaction ends, since no constraint tells.
 */
export const isInWayOfAnotherTeam = async (
  tx: Db,
  hostname: string,
  teamId: string,
): Promise<boolean> => {
  const parent = parentOf(hostname)
  await sql`select pg_advisory_xact_lock(hashtextextended(${`domain ${parent}`}, 0))`.execute(tx)
  const rival = await tx
    .selectFrom('domains')
    .innerJoin('apps', 'apps.id', 'domains.appId')
    .select('domains.id')
    .where('apps.teamId', '<>', teamId)
    .where((eb) =>
      isWildcard(hostname)
        ? eb(
            sql`substring(domains.hostname from position('.' in domains.hostname) + 1)`,
            '=',
            parent,
          )
        : eb('domains.hostname', '=', `*.${parent}`),
    )
    .limit(1)
    .executeTakeFirst()
  return rival !== undefined
}

/** False if it was gone already. */
export const setCertificateOfDomain = async (
  tx: Db,
  _actor: Actor,
  id: string,
  certificateId: string | null,
): Promise<boolean> =>
  (await tx
    .updateTable('domains')
    .set({ certificateId, updatedAt: sql<Date>`now()` })
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst()) !== undefined

/** @throws a violation of `domains_hostname_key` if some app has that host name. */
export const insertDomain = async (
  tx: Db,
  actor: Actor,
  input: Pick<Domain, 'appId' | 'hostname' | 'kind'> & { certificateId?: string | null },
): Promise<Domain> => {
  const { id } = await tx
    .insertInto('domains')
    .values(input)
    .returning('id')
    .executeTakeFirstOrThrow()
  return getDomain(tx, actor, id)
}

/** @throws a violation of `domains_hostname_key` if some app has that host name. */
export const renameDefaultDomain = async (
  tx: Db,
  _actor: Actor,
  appId: string,
  hostname: string,
): Promise<void> => {
  await tx
    .updateTable('domains')
    .set({ hostname, updatedAt: sql<Date>`now()` })
    .where('appId', '=', appId)
    .where('kind', '=', 'heroku')
    .execute()
}

/** False if it was gone already. */
export const deleteDomain = async (tx: Db, _actor: Actor, id: string): Promise<boolean> =>
  (await tx.deleteFrom('domains').where('id', '=', id).returning('id').executeTakeFirst()) !==
  undefined

/** Gives up all host names of an app that goes. */
export const deleteDomainsOfApp = async (tx: Db, _actor: Actor, appId: string): Promise<void> => {
  await tx.deleteFrom('domains').where('appId', '=', appId).execute()
}
