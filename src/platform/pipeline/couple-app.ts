import { transaction, type Db } from '#/foundation/db.ts'
import { invalidParams, violates } from '#/foundation/errors.ts'
import { getApp, lockApp } from '#/platform/app/app-store.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { insertCoupling } from './coupling-store.ts'
import { getPipeline, lockPipelineFor } from './pipeline-store.ts'
import type { Coupling, Stage } from './pipeline.ts'
import { findStage } from './stage-store.ts'

/** Puts an app into a stage of a pipeline. Takes deploy on the app, and in the pipeline's team or on an app in it. */
export const coupleApp = async (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  input: { app: string; pipeline: string; stage: string },
): Promise<Coupling> => {
  try {
    return await transaction(db, async (tx) => {
      const app = await getApp(tx, actor, input.app, 'deploy')
      const pipeline = await getPipeline(tx, actor, input.pipeline, 'deploy')
      await lockApp(tx, actor, app.id)
      await lockPipelineFor(tx, actor, pipeline.id, 'deploy')
      const stage = await stageFor(tx, pipeline.id, input.stage)
      const coupling = await insertCoupling(tx, actor, {
        appId: app.id,
        pipelineId: pipeline.id,
        stageId: stage.id,
      })
      await insertEvent(tx, actor, {
        resource: 'pipeline-coupling',
        resourceId: coupling.id,
        action: 'create',
        appId: app.id,
        pipelineId: pipeline.id,
        teamId: pipeline.teamId,
        after: { app: app.name, pipeline: pipeline.name, stage: stage.name },
      })
      return coupling
    })
  } catch (error) {
    throw violates(error, 'pipeline_couplings_app_id_key')
      ? invalidParams('App is already coupled to a pipeline.')
      : error
  }
}

/** The stage that a coupling asks for, by what the wire may say. */
export const stageFor = async (tx: Db, pipelineId: string, name: string): Promise<Stage> => {
  const stage = await findStage(tx, pipelineId, name)
  if (!stage) throw invalidParams(`The pipeline has no stage '${name}'.`)
  return stage
}
