import { transaction } from '#/foundation/db.ts'
import { lockApp } from '#/platform/app/app-store.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { checkLeaving } from './check-leaving.ts'
import { stageFor } from './couple-app.ts'
import { getCoupling, moveCoupling } from './coupling-store.ts'
import { lockPipeline } from './pipeline-store.ts'
import type { Coupling } from './pipeline.ts'

/** Moves an app to another stage of its pipeline. */
export const changeStage = (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  { id, appId }: Pick<Coupling, 'id' | 'appId'>,
  stageName: string,
): Promise<Coupling> =>
  transaction(db, async (tx) => {
    await lockApp(tx, actor, appId)
    await checkLeaving(tx, actor, appId)
    const before = await getCoupling(tx, actor, id, 'deploy')
    const pipeline = await lockPipeline(tx, actor, before.pipelineId)
    const stage = await stageFor(tx, pipeline.id, stageName)
    const moved = await moveCoupling(tx, actor, before, stage.id)
    await insertEvent(tx, actor, {
      resource: 'pipeline-coupling',
      resourceId: id,
      action: 'update',
      appId,
      pipelineId: pipeline.id,
      teamId: pipeline.teamId,
      before: { stage: before.stageName },
      after: { stage: stage.name },
    })
    return moved
  })
