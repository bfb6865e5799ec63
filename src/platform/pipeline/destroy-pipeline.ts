import { transaction } from '#/foundation/db.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { listCouplings } from './coupling-store.ts'
import { deletePipelineRow, lockPipelineFor } from './pipeline-store.ts'
import { CHANGE_PIPELINE, type Pipeline } from './pipeline.ts'

/** Its apps stay as they are, in no pipeline. */
export const destroyPipeline = (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  id: string,
): Promise<Pipeline> =>
  transaction(db, async (tx) => {
    const pipeline = await lockPipelineFor(tx, actor, id, CHANGE_PIPELINE)
    const couplings = await listCouplings(tx, actor, { pipelineId: id })
    await deletePipelineRow(tx, actor, id)
    await insertEvent(tx, actor, {
      resource: 'pipeline',
      resourceId: id,
      action: 'destroy',
      pipelineId: id,
      teamId: pipeline.teamId,
      before: { name: pipeline.name, apps: couplings.map(({ appId }) => appId) },
    })
    return pipeline
  })
