import { sql, type ExpressionBuilder, type ExpressionWrapper, type SqlBool } from 'kysely'
import type { DB } from '#/foundation/database-types.ts'
import type { Db } from '#/foundation/db.ts'
import { ApiError, forbidden, notFound } from '#/foundation/errors.ts'
import { isId } from '#/foundation/ids.ts'
import { mayOnApp } from '#/platform/app/app-store.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { roleGives } from '#/platform/team/team-store.ts'
import type { Permission } from '#/platform/team/team.ts'
import { CHANGE_PIPELINE, type Pipeline, type StageKind } from './pipeline.ts'

const COLUMNS = [
  'pipelines.id',
  'pipelines.name',
  'pipelines.teamId',
  'pipelines.productionPromotion',
  'pipelines.ephemeralAutoJoin',
  'pipelines.ephemeralPermissions',
  'pipelines.pathRules',
  'pipelines.deleteAt',
  'pipelines.createdAt',
  'pipelines.updatedAt',
] as const

/** True of pipelines in whose team the actor has the permission. */
export const mayInTeamOfPipeline =
  (actor: Actor, permission: Permission) =>
  (eb: ExpressionBuilder<DB, 'pipelines'>): ExpressionWrapper<DB, 'pipelines', SqlBool> => {
    if (!actor.boundTo) return accountMayInTeamOfPipeline(actor, permission)(eb)
    // A deploy token's: that of its own pipeline alone, as long as its maker may deploy there.
    if (!('pipelineId' in actor.boundTo) || (permission !== 'view' && permission !== 'deploy'))
      return eb.val(false)
    return eb.and([
      eb('pipelines.id', '=', actor.boundTo.pipelineId),
      accountMayInTeamOfPipeline(actor, 'deploy')(eb),
    ])
  }

const accountMayInTeamOfPipeline =
  (actor: Actor, permission: Permission) => (eb: ExpressionBuilder<DB, 'pipelines'>) =>
    actor.accountId === null
      ? eb.val(true)
      : eb.exists(
          eb
            .selectFrom('teamMembers')
            .select('teamMembers.teamId')
            .whereRef('teamMembers.teamId', '=', 'pipelines.teamId')
            .where('teamMembers.accountId', '=', actor.accountId)
            .where(roleGives(permission)),
        )

/**
 * The rule for pipelines: whoever has the permission in its team, or, to see it and to add an app to it, on one of
 * its apps. Changing the pipeline itself is for its team.
 */
const mayOnPipeline =
  (actor: Actor, permission: Permission) => (eb: ExpressionBuilder<DB, 'pipelines'>) => {
    const inTeam = mayInTeamOfPipeline(actor, permission)(eb)
    if (permission !== 'view' && permission !== 'deploy') return inTeam
    const onOneOfItsApps = eb.exists(
      eb
        .selectFrom('apps')
        .select('apps.id')
        .innerJoin('pipelineCouplings', 'pipelineCouplings.appId', 'apps.id')
        .whereRef('pipelineCouplings.pipelineId', '=', 'pipelines.id')
        .where('apps.destroyedAt', 'is', null)
        .where(mayOnApp(actor, permission)),
    )
    return eb.or([inTeam, onOneOfItsApps])
  }

/** As `getApp`: what may not be seen is not found, what may be seen but not done is forbidden. @param ref id or name */
export const getPipeline = async (
  db: Db,
  actor: Actor,
  ref: string,
  permission: Permission,
): Promise<Pipeline> => {
  const found = await visiblePipelines(db, actor)
    .select((eb) =>
      (permission === 'view' ? eb.val(true) : mayOnPipeline(actor, permission)(eb)).as('allowed'),
    )
    .where(isId(ref) ? 'pipelines.id' : 'pipelines.name', '=', ref)
    .limit(2)
    .execute()
  const [only, another] = found
  if (!only) throw notFound('pipeline')
  if (another)
    throw new ApiError(
      422,
      'multiple_matches',
      `Several pipelines are named ${ref}. Use the id of one.`,
    )
  const { allowed, ...pipeline } = only
  if (!allowed) throw forbidden(`You do not have access to the pipeline ${pipeline.name}.`)
  return pipeline
}

/** All that the actor may see, by name; only those of that name if one is given. */
export const listPipelines = (db: Db, actor: Actor, name?: string): Promise<Pipeline[]> => {
  const query = visiblePipelines(db, actor).orderBy('pipelines.name').orderBy('pipelines.createdAt')
  return (name === undefined ? query : query.where('pipelines.name', '=', name)).execute()
}

const visiblePipelines = (db: Db, actor: Actor) => withOwner(db).where(mayOnPipeline(actor, 'view'))

const withOwner = (db: Db) =>
  db
    .selectFrom('pipelines')
    .innerJoin('teams', 'teams.id', 'pipelines.teamId')
    .select([
      ...COLUMNS,
      'teams.personalAccountId as ownerAccountId',
      'teams.name as teamName',
      'teams.ephemeralPermissions as teamEphemeralPermissions',
    ])

/** Locks the pipeline's row until the transaction ends. */
export const lockPipeline = async (tx: Db, _actor: Actor, id: string): Promise<Pipeline> => {
  const found = await withOwner(tx)
    .where('pipelines.id', '=', id)
    .forNoKeyUpdate('pipelines')
    .executeTakeFirst()
  if (!found) throw notFound('pipeline')
  return found
}

/** As `getPipeline`, locked until the transaction ends, for an actor who has the permission still once it is. */
export const lockPipelineFor = async (
  tx: Db,
  actor: Actor,
  ref: string,
  permission: Permission,
): Promise<Pipeline> => {
  const { id } = await getPipeline(tx, actor, ref, permission)
  await lockPipeline(tx, actor, id)
  return getPipeline(tx, actor, id, permission)
}

/** Until the transaction ends nobody changes or destroys the pipeline, or transfers it. */
export const sharePipeline = async (tx: Db, _actor: Actor, id: string): Promise<Pipeline> => {
  const found = await withOwner(tx)
    .where('pipelines.id', '=', id)
    .forShare('pipelines')
    .executeTakeFirst()
  if (!found) throw notFound('pipeline')
  return found
}

/** True for its owner and the admins of its team. */
export const mayChangePipeline = async (db: Db, actor: Actor, id: string): Promise<boolean> =>
  (await db
    .selectFrom('pipelines')
    .select('id')
    .where('id', '=', id)
    .where(mayInTeamOfPipeline(actor, CHANGE_PIPELINE))
    .executeTakeFirst()) !== undefined

/** With its stages. */
export const insertPipeline = async (
  tx: Db,
  _actor: Actor,
  input: {
    name: string
    teamId: string
    createdBy: string | null
    ephemeralAutoJoin: boolean
    stages: readonly StageKind[]
  },
): Promise<Pipeline> => {
  const { stages, ...columns } = input
  const { id } = await tx
    .insertInto('pipelines')
    .values(columns)
    .returning('id')
    .executeTakeFirstOrThrow()
  await tx
    .insertInto('pipelineStages')
    .values(stages.map((kind, position) => ({ pipelineId: id, name: kind, kind, position })))
    .execute()
  return withOwner(tx).where('pipelines.id', '=', id).executeTakeFirstOrThrow()
}

export const updatePipelineRow = async (
  tx: Db,
  _actor: Actor,
  id: string,
  change: Partial<
    Pick<
      Pipeline,
      | 'name'
      | 'teamId'
      | 'productionPromotion'
      | 'ephemeralAutoJoin'
      | 'ephemeralPermissions'
      | 'pathRules'
    >
  >,
): Promise<Pipeline> => {
  const { pathRules, ...columns } = change
  await tx
    .updateTable('pipelines')
    .set({
      ...columns,
      ...(pathRules === undefined ? {} : { pathRules: pathRules && JSON.stringify(pathRules) }),
      updatedAt: sql<Date>`now()`,
    })
    .where('id', '=', id)
    .execute()
  return withOwner(tx).where('pipelines.id', '=', id).executeTakeFirstOrThrow()
}

/** Its couplings and stages go with it. */
export const deletePipelineRow = async (tx: Db, _actor: Actor, id: string): Promise<void> => {
  await tx.deleteFrom('pipelines').where('id', '=', id).execute()
}

/** Those that have been without an app for long enough. Whoever adds an app at the same moment keeps the pipeline. */
export const deletePipelinesPastTheirDate = (
  tx: Db,
): Promise<{ id: string; name: string; teamId: string }[]> =>
  tx
    .deleteFrom('pipelines')
    .where('deleteAt', '<=', sql<Date>`now()`)
    .returning(['id', 'name', 'teamId'])
    .execute()
