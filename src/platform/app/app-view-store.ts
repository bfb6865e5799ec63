import { sql } from 'kysely'
import type { Db } from '#/foundation/db.ts'
import { notFound } from '#/foundation/errors.ts'
import { isId } from '#/foundation/ids.ts'
import type { Range } from '#/foundation/range.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { APP_COLUMNS, mayOnApp } from './app-store.ts'
import type { App } from './app.ts'

/** An app with what the wire shows of the things around it. */
export type AppView = App & {
  teamName: string
  /** The person whose own app it is; null: a team's. */
  ownerId: string | null
  ownerEmail: string | null
  /** Of its default domain. */
  hostname: string
  /** Of the code it runs; null while it has none. */
  slugSize: number | null
  slugDescription: string | null
}

export type AppFilter = {
  teamId?: string
  /** Apps of this person's own, and those to which they were added. */
  accountId?: string
  ids?: string[]
  names?: string[]
}

const viewsOf = (db: Db, actor: Actor) =>
  db
    .selectFrom('apps')
    .innerJoin('teams', 'teams.id', 'apps.teamId')
    .leftJoin('accounts', 'accounts.id', 'teams.personalAccountId')
    .leftJoin('domains', (join) =>
      join.onRef('domains.appId', '=', 'apps.id').on('domains.kind', '=', 'heroku'),
    )
    .leftJoin('releases', (join) =>
      join.onRef('releases.appId', '=', 'apps.id').on('releases.current', '=', true),
    )
    .leftJoin('slugs', 'slugs.id', 'releases.slugId')
    .select(APP_COLUMNS)
    .select([
      'teams.name as teamName',
      'accounts.id as ownerId',
      'accounts.email as ownerEmail',
      sql<string>`coalesce(domains.hostname, apps.name)`.as('hostname'),
      'slugs.size as slugSize',
      'slugs.buildpackProvidedDescription as slugDescription',
    ])
    .where('apps.destroyedAt', 'is', null)
    .where(mayOnApp(actor, 'view'))

export const getAppView = async (db: Db, actor: Actor, id: string): Promise<AppView> => {
  const found = await viewsOf(db, actor).where('apps.id', '=', id).executeTakeFirst()
  if (!found) throw notFound('app')
  return found
}

/** In the order and within the bounds of `range`, one more than its `max` if there are more. */
export const listAppViews = (
  db: Db,
  actor: Actor,
  filter: AppFilter,
  range: Range,
): Promise<AppView[]> => {
  const forward = range.order === 'asc'
  const key = range.property === 'id' ? 'apps.id' : 'apps.name'
  let query = filtered(viewsOf(db, actor), filter)
  if (range.start !== undefined)
    query = query.where(key, beyond(forward, range.startIsExcluded), range.start)
  if (range.end !== undefined) query = query.where(key, beyond(!forward, false), range.end)
  return query
    .orderBy(key, range.order)
    .limit(range.max + 1)
    .execute()
}

const beyond = (forward: boolean, excluded: boolean): '>' | '>=' | '<' | '<=' => {
  if (forward) return excluded ? '>' : '>='
  return excluded ? '<' : '<='
}

const filtered = (views: ReturnType<typeof viewsOf>, filter: AppFilter): typeof views => {
  let query = views
  if (filter.teamId !== undefined) query = query.where('apps.teamId', '=', filter.teamId)
  const { accountId } = filter
  if (accountId !== undefined)
    query = query.where((eb) =>
      eb.or([
        eb('teams.personalAccountId', '=', accountId),
        eb.exists(
          eb
            .selectFrom('collaborators')
            .select('collaborators.id')
            .whereRef('collaborators.appId', '=', 'apps.id')
            .where('collaborators.accountId', '=', accountId),
        ),
      ]),
    )
  if (filter.ids !== undefined)
    query = query.where('apps.id', '=', sql<string>`any(${filter.ids.filter(isId)}::uuid[])`)
  if (filter.names !== undefined)
    query = query.where('apps.name', '=', sql<string>`any(${filter.names}::text[])`)
  return query
}
