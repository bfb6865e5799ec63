import { sql, type ExpressionBuilder } from 'kysely'
import type { DB } from '#/foundation/database-types.ts'
import type { Db } from '#/foundation/db.ts'
import { forbidden, notFound } from '#/foundation/errors.ts'
import { isId } from '#/foundation/ids.ts'
import { mayOnApp } from '#/platform/app/app-store.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { mayInTeamOfPipeline } from './pipeline-store.ts'
import { CHANGE_PIPELINE, type Coupling } from './pipeline.ts'

const couplings = (db: Db) =>
  db
    .selectFrom('pipelineCouplings')
    .innerJoin('pipelines', 'pipelines.id', 'pipelineCouplings.pipelineId')
    .innerJoin('pipelineStages', 'pipelineStages.id', 'pipelineCouplings.stageId')
    .innerJoin('apps', 'apps.id', 'pipelineCouplings.appId')
    .select([
      'pipelineCouplings.id',
      'pipelineCouplings.appId',
      'pipelineCouplings.pipelineId',
      'pipelines.name as pipelineName',
      'pipelineCouplings.stageId',
      'pipelineStages.kind as stage',
      'pipelineStages.name as stageName',
      'pipelineStages.position as stagePosition',
      sql<boolean>`apps.team_id <> pipelines.team_id`.as('ownedElsewhere'),
      'pipelineCouplings.createdAt',
      'pipelineCouplings.updatedAt',
    ])

/** Seen by whoever may see the app, or the pipeline as a member of its team. */
const visibleCouplings = (db: Db, actor: Actor) =>
  couplings(db).where((eb) =>
    eb.or([mayOnApp(actor, 'view')(eb), mayInTeamOfPipeline(actor, 'view')(eb)]),
  )

export const listCouplings = (
  db: Db,
  actor: Actor,
  only: { pipelineId?: string; teamId?: string } = {},
): Promise<Coupling[]> => {
  let query = visibleCouplings(db, actor)
  if (only.pipelineId !== undefined)
    query = query.where('pipelineCouplings.pipelineId', '=', only.pipelineId)
  if (only.teamId !== undefined) query = query.where('pipelines.teamId', '=', only.teamId)
  return query
    .orderBy('pipelineStages.position')
    .orderBy('apps.name')
    .orderBy('pipelineCouplings.id')
    .execute()
}

export const getCouplingOfApp = async (db: Db, _actor: Actor, appId: string): Promise<Coupling> => {
  const found = await couplings(db).where('pipelineCouplings.appId', '=', appId).executeTakeFirst()
  if (!found) throw notFound('pipeline_coupling', 'This app is not in a pipeline.')
  return found
}

/**
 * To change it takes deploy on the app, or the right to change the pipeline. One of an app that the actor does not see
 * is listed, so that they know what a promotion would reach, but is not theirs to look up or change: 404.
 */
export const getCoupling = async (
  db: Db,
  actor: Actor,
  id: string,
  permission: 'view' | 'deploy',
): Promise<Coupling> => {
  const found = isId(id)
    ? await couplings(db)
        .select((eb) => onAppOrWhole(actor, 'deploy')(eb).as('mayChange'))
        .where(onAppOrWhole(actor, 'view'))
        .where('pipelineCouplings.id', '=', id)
        .executeTakeFirst()
    : undefined
  if (!found) throw notFound('pipeline_coupling')
  const { mayChange, ...coupling } = found
  if (permission === 'deploy' && !mayChange)
    throw forbidden(`You may not change what is in the pipeline ${coupling.pipelineName}.`)
  return coupling
}

const onAppOrWhole =
  (actor: Actor, permission: 'view' | 'deploy') =>
  (eb: ExpressionBuilder<DB, 'apps' | 'pipelines'>) =>
    eb.or([mayOnApp(actor, permission)(eb), mayInTeamOfPipeline(actor, CHANGE_PIPELINE)(eb)])

/** @throws a violation of `pipeline_couplings_app_id_key` if the app is in a pipeline already. */
export const insertCoupling = async (
  tx: Db,
  actor: Actor,
  input: { appId: string; pipelineId: string; stageId: string },
): Promise<Coupling> => {
  await tx.insertInto('pipelineCouplings').values(input).execute()
  return getCouplingOfApp(tx, actor, input.appId)
}

export const moveCoupling = async (
  tx: Db,
  actor: Actor,
  coupling: Pick<Coupling, 'id' | 'appId'>,
  stageId: string,
): Promise<Coupling> => {
  await tx
    .updateTable('pipelineCouplings')
    .set({ stageId, updatedAt: sql<Date>`now()` })
    .where('id', '=', coupling.id)
    .execute()
  return getCouplingOfApp(tx, actor, coupling.appId)
}

/** False if it had gone already. */
export const deleteCoupling = async (tx: Db, _actor: Actor, id: string): Promise<boolean> =>
  (await tx
    .deleteFrom('pipelineCouplings')
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst()) !== undefined
