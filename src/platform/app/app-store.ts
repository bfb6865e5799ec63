import { sql, type ExpressionBuilder, type ExpressionWrapper, type SqlBool } from 'kysely'
import type { DB } from '#/foundation/database-types.ts'
import type { Db } from '#/foundation/db.ts'
import { forbidden, notFound } from '#/foundation/errors.ts'
import { isId } from '#/foundation/ids.ts'
import type { Actor, DeployBinding } from '#/platform/event/actor.ts'
import { listOf, type Needed } from '#/platform/team/permission-table.ts'
import { roleGives } from '#/platform/team/team-store.ts'
import { rolesOnLocked } from '#/platform/team/team.ts'
import type { App } from './app.ts'

export const APP_COLUMNS = [
  'apps.id',
  'apps.name',
  'apps.teamId',
  'apps.createdBy',
  'apps.stack',
  'apps.buildStack',
  'apps.maintenance',
  'apps.locked',
  'apps.configSnapshotId',
  'apps.releasedAt',
  'apps.createdAt',
  'apps.updatedAt',
] as const

/**
 * The one gate: true of apps on which the actor has one of the permissions, by their role in its team or by a grant.
 * The platform itself has every one.
 */
export const mayOnApp =
  (actor: Actor, needed: Needed) =>
  (eb: ExpressionBuilder<DB, 'apps'>): ExpressionWrapper<DB, 'apps', SqlBool> =>
    actor.boundTo
      ? eb.and([isBoundTo(actor.boundTo, needed)(eb), accountMayOnApp(actor, 'deploy')(eb)])
      : accountMayOnApp(actor, needed)(eb)

/** What a deploy token may do: see and deploy its app, or the apps of its pipeline, as long as its maker may. */
const isBoundTo =
  (binding: DeployBinding, needed: Needed) =>
  (eb: ExpressionBuilder<DB, 'apps'>): ExpressionWrapper<DB, 'apps', SqlBool> => {
    if (!listOf(needed).some((one) => one === 'view' || one === 'deploy')) return eb.val(false)
    if ('appId' in binding) return eb('apps.id', '=', binding.appId)
    return eb.exists(
      eb
        .selectFrom('pipelineCouplings as bound')
        .select('bound.id')
        .whereRef('bound.appId', '=', 'apps.id')
        .where('bound.pipelineId', '=', binding.pipelineId),
    )
  }

const accountMayOnApp = (actor: Actor, needed: Needed) => (eb: ExpressionBuilder<DB, 'apps'>) =>
  actor.accountId === null
    ? eb.val(true)
    : eb.or([
        eb.exists(
          eb
            .selectFrom('teamMembers')
            .select('teamMembers.teamId')
            .whereRef('teamMembers.teamId', '=', 'apps.teamId')
            .where('teamMembers.accountId', '=', actor.accountId)
            .where(roleGives(needed))
            .where((member) =>
              member.or([
                member('apps.locked', '=', false),
                member('teamMembers.role', 'in', rolesOnLocked(needed)),
              ]),
            ),
        ),
        eb.exists(
          eb
            .selectFrom('collaborators')
            .select('collaborators.id')
            .whereRef('collaborators.appId', '=', 'apps.id')
            .where('collaborators.accountId', '=', actor.accountId)
            .where(sql<boolean>`collaborators.permissions && ${[...listOf(needed)]}::text[]`),
        ),
      ])

/**
 * The app of that name or id, for an actor with one of the permissions. What the actor may not see is not found (404);
 * what they may see but not do is forbidden (403).
 */
export const getApp = async (db: Db, actor: Actor, ref: string, needed: Needed): Promise<App> => {
  const found = await db
    .selectFrom('apps')
    .select(APP_COLUMNS)
    .select((eb) => mayOnApp(actor, needed)(eb).as('allowed'))
    .where(isId(ref) ? 'apps.id' : 'apps.name', '=', ref)
    .where('apps.destroyedAt', 'is', null)
    .where(mayOnApp(actor, 'view'))
    .executeTakeFirst()
  if (!found) throw notFound('app', "Couldn't find that app.")
  const { allowed, ...app } = found
  if (!allowed) throw forbidden(`You do not have access to the app ${app.name}.`)
  return app
}

/** For what is shown only to some of those who may see the app. */
export const mayOn = async (db: Db, actor: Actor, id: string, needed: Needed): Promise<boolean> =>
  (await db
    .selectFrom('apps')
    .select('id')
    .where('id', '=', id)
    .where(mayOnApp(actor, needed))
    .executeTakeFirst()) !== undefined

/** All apps that the actor may see (or has one of the `needed` permissions on), by name; those of `teamId`, or of `ids`, if given. */
export const listApps = (
  db: Db,
  actor: Actor,
  only: { teamId?: string; ids?: string[]; needed?: Needed } = {},
): Promise<App[]> => {
  let query = db
    .selectFrom('apps')
    .select(APP_COLUMNS)
    .where('destroyedAt', 'is', null)
    .where(mayOnApp(actor, only.needed ?? 'view'))
  if (only.teamId !== undefined) query = query.where('teamId', '=', only.teamId)
  if (only.ids !== undefined) query = query.where('id', 'in', only.ids.filter(isId).concat(NOBODY))
  return query.orderBy('name').execute()
}

const NOBODY = '00000000-0000-0000-0000-000000000000'

export const insertApp = (
  tx: Db,
  actor: Actor,
  input: { name: string; teamId: string; stack: string; locked?: boolean },
): Promise<App> =>
  tx
    .insertInto('apps')
    .values({ ...input, buildStack: input.stack, createdBy: actor.accountId })
    .returning(APP_COLUMNS)
    .executeTakeFirstOrThrow()

export const updateApp = (
  tx: Db,
  _actor: Actor,
  id: string,
  change: {
    name?: string
    maintenance?: boolean
    locked?: boolean
    teamId?: string
    stack?: string
    buildStack?: string
    configSnapshotId?: string
    releasedAt?: Date
    destroyedAt?: Date
  },
): Promise<App> =>
  tx
    .updateTable('apps')
    .set({ ...change, updatedAt: sql<Date>`now()` })
    .where('id', '=', id)
    .returning(APP_COLUMNS)
    .executeTakeFirstOrThrow()

/** True if an app of another team has or had the name: its visitors' links and cookies must not reach somebody else's code. */
export const isNameOfAnotherTeam = async (db: Db, name: string, teamId: string): Promise<boolean> =>
  (await db
    .selectFrom('appNames')
    .select('name')
    .where('name', '=', name)
    .where('teamId', '<>', teamId)
    .executeTakeFirst()) !== undefined

/** Locks the app's row until the transaction ends, so that changes of one app happen one after another. */
export const lockApp = async (tx: Db, _actor: Actor, id: string): Promise<App> => {
  const app = await tx
    .selectFrom('apps')
    .select(APP_COLUMNS)
    .where('id', '=', id)
    .where('destroyedAt', 'is', null)
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!app) throw notFound('app', "Couldn't find that app.")
  return app
}

/**
 * Locks those of the apps that are there and that the actor may see, always in the same order, so that two who lock
 * several do not wait for one another. With each: whether the actor has one of the permissions on it.
 */
export const lockApps = (
  tx: Db,
  actor: Actor,
  ids: string[],
  needed: Needed,
): Promise<(App & { isAllowed: boolean })[]> =>
  tx
    .selectFrom('apps')
    .select(APP_COLUMNS)
    .select((eb) => mayOnApp(actor, needed)(eb).as('isAllowed'))
    .where('id', 'in', ids.filter(isId).concat(NOBODY))
    .where('destroyedAt', 'is', null)
    .where(mayOnApp(actor, 'view'))
    .orderBy('id')
    .forNoKeyUpdate()
    .execute()
    .then((apps) => apps.map((app) => ({ ...app, isAllowed: Boolean(app.isAllowed) })))
