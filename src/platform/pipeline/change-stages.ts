import { transaction, type Db } from '#/foundation/db.ts'
import { invalidParams, violates } from '#/foundation/errors.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent, type NewEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { lockPipelineFor } from './pipeline-store.ts'
import { CHANGE_PIPELINE, type Pipeline, type Stage, type StageKind } from './pipeline.ts'
import {
  deleteStage,
  getStage,
  insertStage,
  listStages,
  orderStages,
  renameStage,
} from './stage-store.ts'
import { isValidStageName, MOST_STAGES, placed, STAGE_NAME_RULE } from './stage.ts'

type Needs = Pick<Platform, 'db'>

/** Adds a stage at a place among the others, by default after the last. */
export const addStage = (
  { db }: Needs,
  actor: Actor,
  pipelineId: string,
  { name, kind, position }: { name: string; kind: StageKind; position: number | undefined },
): Promise<Stage> => {
  checkName(name)
  return changing(db, actor, { pipelineId, name }, async (tx, pipeline) => {
    const before = await listStages(tx, pipeline.id)
    if (before.length >= MOST_STAGES)
      throw invalidParams(`A pipeline has at most ${MOST_STAGES} stages.`)
    const place = Math.min(position ?? before.length, before.length)
    const id = await insertStage(tx, actor, { pipelineId, name, kind, position: before.length })
    await orderStages(tx, actor, placed(idsOf(before), id, place))
    await insertChange(tx, actor, pipeline, {
      resourceId: id,
      action: 'create',
      after: { name, kind, position: place },
    })
    return getStage(tx, pipeline.id, id)
  })
}

/** Renames a stage, or moves it among the others, with the apps that are in it. */
export const updateStage = (
  { db }: Needs,
  actor: Actor,
  { id, pipelineId }: Pick<Stage, 'id' | 'pipelineId'>,
  change: { name?: string; position?: number },
): Promise<Stage> => {
  if (change.name !== undefined) checkName(change.name)
  return changing(db, actor, { pipelineId, name: change.name }, async (tx, pipeline) => {
    const before = await getStage(tx, pipeline.id, id)
    if (change.name !== undefined && change.name !== before.name)
      await renameStage(tx, actor, id, change.name)
    if (change.position !== undefined) {
      const others = idsOf(await listStages(tx, pipeline.id)).filter((other) => other !== id)
      await orderStages(tx, actor, placed(others, id, change.position))
    }
    const after = await getStage(tx, pipeline.id, id)
    if (after.name === before.name && after.position === before.position) return after
    await insertChange(tx, actor, pipeline, {
      resourceId: id,
      action: 'update',
      before: { name: before.name, position: before.position },
      after: { name: after.name, position: after.position },
    })
    return after
  })
}

/** Takes an empty stage out of its pipeline. */
export const removeStage = (
  { db }: Needs,
  actor: Actor,
  { id, pipelineId }: Pick<Stage, 'id' | 'pipelineId'>,
): Promise<Stage> =>
  changing(db, actor, { pipelineId }, async (tx, pipeline) => {
    const stage = await getStage(tx, pipeline.id, id)
    const others = (await listStages(tx, pipeline.id)).filter((other) => other.id !== id)
    if (others.length === 0) throw invalidParams('A pipeline has at least one stage.')
    try {
      await deleteStage(tx, actor, id)
    } catch (error) {
      throw violates(error, 'pipeline_couplings_stage_fkey')
        ? invalidParams(
            `There is an app in ${stage.name}. Move the apps of a stage to another one before you remove it.`,
          )
        : error
    }
    await orderStages(tx, actor, idsOf(others))
    await insertChange(tx, actor, pipeline, {
      resourceId: id,
      action: 'destroy',
      before: { name: stage.name, kind: stage.kind, position: stage.position },
    })
    return stage
  })

/** With the pipeline locked, so that whoever adds an app to a stage comes before or after. */
const changing = async (
  db: Db,
  actor: Actor,
  { pipelineId, name }: { pipelineId: string; name?: string | undefined },
  work: (tx: Db, pipeline: Pipeline) => Promise<Stage>,
): Promise<Stage> => {
  try {
    return await transaction(db, async (tx) =>
      work(tx, await lockPipelineFor(tx, actor, pipelineId, CHANGE_PIPELINE)),
    )
  } catch (error) {
    throw violates(error, 'pipeline_stages_name_key')
      ? invalidParams(`The pipeline has a stage ${name} already.`)
      : error
  }
}

const checkName = (name: string): void => {
  if (!isValidStageName(name)) throw invalidParams(STAGE_NAME_RULE)
}

const idsOf = (stages: Stage[]): string[] => stages.map(({ id }) => id)

const insertChange = (
  tx: Db,
  actor: Actor,
  { id, teamId }: Pipeline,
  change: Pick<NewEvent, 'action' | 'before' | 'after'> & { resourceId: string },
): Promise<void> =>
  insertEvent(tx, actor, { resource: 'pipeline-stage', pipelineId: id, teamId, ...change })
