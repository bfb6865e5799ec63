import type { Db } from '#/foundation/db.ts'
import { forbidden } from '#/foundation/errors.ts'
import { findStageOf, listFreezes } from '#/platform/change-gate/policy-store.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { mayChangePipeline } from './pipeline-store.ts'

/** Whoever deploys cannot take an app out from under the rules of its stage. The app's row is locked. @throws 403 */
export const checkLeaving = async (tx: Db, actor: Actor, appId: string): Promise<void> => {
  const stage = await findStageOf(tx, actor, appId)
  if (!stage) return
  const hasRules =
    stage.approvals > 0 ||
    !stage.directDeploys ||
    stage.promoters === 'admins' ||
    stage.blockingFindings.length > 0 ||
    (await listFreezes(tx, actor, [stage.stageId])).length > 0
  if (!hasRules || (await mayChangePipeline(tx, actor, stage.pipelineId))) return
  throw forbidden(
    `${stage.app} is under the policy of ${stage.stage}: only who may change the pipeline ${stage.pipeline} can take it out.`,
  )
}
