import { sql, type ExpressionBuilder } from 'kysely'
import type { DB } from '#/foundation/database-types.ts'
import type { Db } from '#/foundation/db.ts'
import { isId } from '#/foundation/ids.ts'
import type { Range } from '#/foundation/range.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Scope, StoredEvent, Wanted } from './audit.ts'

type Limits = { from?: number; after?: number; to?: number; order: 'asc' | 'desc'; max: number }

/** Of the range's page, and one more if there is one. */
export const listEvents = (
  db: Db,
  actor: Actor,
  wanted: Wanted,
  range: Range,
): Promise<StoredEvent[]> => {
  const { order, max } = range
  const start = range.start === undefined ? undefined : Number(range.start)
  const end = range.end === undefined ? undefined : Number(range.end)
  return selectEvents(db, actor, wanted, {
    order,
    max: max + 1,
    ...(start === undefined ? {} : range.startIsExcluded ? { after: start } : { from: start }),
    ...(end === undefined ? {} : { to: end }),
  })
}

const BATCH = 500

/** All that there are by now, oldest first, in batches. */
export async function* eachEvent(
  db: Db,
  actor: Actor,
  wanted: Wanted,
): AsyncGenerator<StoredEvent[]> {
  const to = await findNewestEventId(db)
  for (let after = 0; ;) {
    const limits = { after, to, order: 'asc', max: BATCH } as const
    const batch = await selectEvents(db, actor, wanted, limits)
    const last = batch.at(-1)
    if (!last) return
    yield batch
    if (batch.length < BATCH) return
    after = last.id
  }
}

const findNewestEventId = async (db: Db): Promise<number> => {
  const newest = db.selectFrom('events').select('id').orderBy('id', 'desc').limit(1)
  return (await newest.executeTakeFirst())?.id ?? 0
}

const selectEvents = (
  db: Db,
  _actor: Actor,
  { scope, filter }: Wanted,
  { from, after, to, order, max }: Limits,
): Promise<StoredEvent[]> => {
  let query = db.selectFrom('events').selectAll().where(inScope(scope))
  for (const name of ['resource', 'action', 'result'] as const)
    if (filter[name] !== undefined)
      query = query.where(sql.ref(`events.${name}`), '=', filter[name])
  if (filter.actor !== undefined) query = query.where(isBy(filter.actor))
  if (filter.since) query = query.where('occurredAt', '>=', filter.since)
  if (filter.until) query = query.where('occurredAt', '<', filter.until)
  const [atLeast, atMost] = order === 'asc' ? (['>=', '<='] as const) : (['<=', '>='] as const)
  if (from !== undefined) query = query.where('id', atLeast, from)
  if (after !== undefined) query = query.where('id', order === 'asc' ? '>' : '<', after)
  if (to !== undefined) query = query.where('id', atMost, to)
  return query.orderBy('id', order).limit(max).execute()
}

type Builder = ExpressionBuilder<DB, 'events'>

const inScope = (scope: Scope) => (eb: Builder) => {
  if (scope.kind === 'platform') return eb.val(true)
  if (scope.kind === 'app') return eb('appId', '=', scope.id)
  if (scope.kind === 'team') return eb('teamId', '=', scope.id)
  if (scope.kind === 'pipeline') return eb('pipelineId', '=', scope.id)
  return eb.or([
    eb('actorAccountId', '=', scope.id),
    eb('accountId', '=', scope.id),
    eb(
      'teamId',
      'in',
      eb.selectFrom('teams').select('teams.id').where('personalAccountId', '=', scope.id),
    ),
  ])
}

const isBy = (actor: string) => (eb: Builder) =>
  isId(actor)
    ? eb('actorAccountId', '=', actor)
    : eb(sql`lower(events.actor_name)`, '=', actor.toLowerCase())

/** Whether the actor reads the whole of what that team's people did, addresses too: its owners and admins do. */
export const isAuditorOf = async (db: Db, actor: Actor, teamId: string): Promise<boolean> =>
  (await db
    .selectFrom('teamMembers')
    .select('role')
    .where('teamId', '=', teamId)
    .where('accountId', '=', actor.accountId)
    .where('role', 'in', ['owner', 'admin'])
    .executeTakeFirst()) !== undefined
