import { transaction } from '#/foundation/db.ts'
import { invalidParams } from '#/foundation/errors.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { isNameTaken, nameTaken } from './create-pipeline.ts'
import { lockPipeline, renamePipelineRow } from './pipeline-store.ts'
import { isValidPipelineName, PIPELINE_NAME_RULE, type Pipeline } from './pipeline.ts'

export const renamePipeline = async (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  id: string,
  name: string,
): Promise<Pipeline> => {
  if (!isValidPipelineName(name)) throw invalidParams(PIPELINE_NAME_RULE)
  try {
    return await transaction(db, async (tx) => {
      const before = await lockPipeline(tx, actor, id)
      await renamePipelineRow(tx, actor, id, name)
      await insertEvent(tx, actor, {
        resource: 'pipeline',
        resourceId: id,
        action: 'update',
        pipelineId: id,
        teamId: before.teamId,
        before: { name: before.name },
        after: { name },
      })
      return lockPipeline(tx, actor, id)
    })
  } catch (error) {
    throw isNameTaken(error) ? nameTaken(name) : error
  }
}
