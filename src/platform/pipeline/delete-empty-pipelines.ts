import { transaction } from '#/foundation/db.ts'
import { systemActor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { deletePipelinesPastTheirDate } from './pipeline-store.ts'

const KEEPER = systemActor('empty pipelines')

export const deleteEmptyPipelines = ({ db }: Pick<Platform, 'db'>): Promise<void> =>
  transaction(db, async (tx) => {
    for (const { id, name, teamId } of await deletePipelinesPastTheirDate(tx))
      await insertEvent(tx, KEEPER, {
        resource: 'pipeline',
        resourceId: id,
        action: 'destroy',
        pipelineId: id,
        teamId,
        before: { name },
      })
  })
