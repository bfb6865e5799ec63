import { transaction } from '#/foundation/db.ts'
import { notFound } from '#/foundation/errors.ts'
import { lockApp } from '#/platform/app/app-store.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { checkLeaving } from './check-leaving.ts'
import { deleteCoupling, getCoupling } from './coupling-store.ts'
import { lockPipeline } from './pipeline-store.ts'
import type { Coupling } from './pipeline.ts'

/** Takes an app out of its pipeline. The last one to go leaves the pipeline with a date on which it is deleted. */
export const uncoupleApp = (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  { id, appId }: Pick<Coupling, 'id' | 'appId'>,
): Promise<void> =>
  transaction(db, async (tx) => {
    await lockApp(tx, actor, appId)
    const coupling = await getCoupling(tx, actor, id, 'deploy')
    await checkLeaving(tx, actor, appId)
    const pipeline = await lockPipeline(tx, actor, coupling.pipelineId)
    if (!(await deleteCoupling(tx, actor, coupling.id))) throw notFound('pipeline_coupling')
    await insertEvent(tx, actor, {
      resource: 'pipeline-coupling',
      resourceId: coupling.id,
      action: 'destroy',
      appId: coupling.appId,
      pipelineId: pipeline.id,
      teamId: pipeline.teamId,
      before: { pipeline: pipeline.name, stage: coupling.stageName },
    })
  })
