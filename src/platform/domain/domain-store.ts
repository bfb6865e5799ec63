import { sql } from 'kysely'
import type { Db } from '#/foundation/db.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Domain } from './domain.ts'

const COLUMNS = ['id', 'appId', 'hostname', 'kind', 'status', 'createdAt', 'updatedAt'] as const

/** The default one first. */
export const listDomains = (db: Db, _actor: Actor, appId: string): Promise<Domain[]> =>
  db
    .selectFrom('domains')
    .select(COLUMNS)
    .where('appId', '=', appId)
    .orderBy(sql`kind = 'custom'`)
    .orderBy('hostname')
    .execute()

export const getDefaultDomain = (db: Db, _actor: Actor, appId: string): Promise<Domain> =>
  db
    .selectFrom('domains')
    .select(COLUMNS)
    .where('appId', '=', appId)
    .where('kind', '=', 'heroku')
    .executeTakeFirstOrThrow()

/** @throws a violation of `domains_hostname_key` if some app has that host name. */
export const insertDomain = (
  tx: Db,
  _actor: Actor,
  input: Pick<Domain, 'appId' | 'hostname' | 'kind'>,
): Promise<Domain> =>
  tx.insertInto('domains').values(input).returning(COLUMNS).executeTakeFirstOrThrow()

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
