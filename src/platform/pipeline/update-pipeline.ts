import { transaction, type Db } from '#/foundation/db.ts'
import { invalidParams } from '#/foundation/errors.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { isNameTaken, nameTaken } from './create-pipeline.ts'
import { checkSettings, type PipelineSettings } from './pipeline-settings.ts'
import { lockPipelineFor, updatePipelineRow } from './pipeline-store.ts'
import {
  CHANGE_PIPELINE,
  isValidPipelineName,
  PIPELINE_NAME_RULE,
  type Pipeline,
} from './pipeline.ts'

type PipelineChange = Partial<Pick<Pipeline, 'name' | 'pathRules'>> & PipelineSettings

/** Renames a pipeline or changes its settings. What is not given stays as it is. */
export const updatePipeline = async (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  ref: string,
  change: PipelineChange,
): Promise<Pipeline> => {
  if (change.name !== undefined && !isValidPipelineName(change.name))
    throw invalidParams(PIPELINE_NAME_RULE)
  try {
    return await transaction(db, (tx) => updateInside(tx, actor, ref, change))
  } catch (error) {
    throw isNameTaken(error) ? nameTaken(change.name ?? '') : error
  }
}

const updateInside = async (
  tx: Db,
  actor: Actor,
  ref: string,
  change: PipelineChange,
): Promise<Pipeline> => {
  const before = await lockPipelineFor(tx, actor, ref, CHANGE_PIPELINE)
  checkSettings(before, change)
  return changeLocked(tx, actor, before, change)
}

/** Of a pipeline that is locked. Nothing is written, and nobody told, if nothing is changed. */
export const changeLocked = async (
  tx: Db,
  actor: Actor,
  before: Pipeline,
  change: PipelineChange,
): Promise<Pipeline> => {
  const keys = (Object.keys(change) as (keyof PipelineChange)[]).filter(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(change[key]),
  )
  if (keys.length === 0) return before
  const pipeline = await updatePipelineRow(tx, actor, before.id, change)
  await insertEvent(tx, actor, {
    resource: 'pipeline',
    resourceId: before.id,
    action: 'update',
    pipelineId: before.id,
    teamId: before.teamId,
    before: Object.fromEntries(keys.map((key) => [key, before[key]])),
    after: Object.fromEntries(keys.map((key) => [key, pipeline[key]])),
  })
  return pipeline
}
