import type { Db } from '#/foundation/db.ts'
import { invalidParams } from '#/foundation/errors.ts'
import type { App } from '#/platform/app/app.ts'
import { findStageOf, listApprovers } from '#/platform/change-gate/policy-store.ts'
import { approvalTeamOf, type GovernedStage } from '#/platform/change-gate/policy.ts'
import { systemActor, type Actor } from '#/platform/event/actor.ts'
import type { Pipeline } from '#/platform/pipeline/pipeline.ts'
import type { ApprovalRequest, ApprovalState } from './approval.ts'

/** Whoever reads the state of a request counts as nobody: the ones who promote cannot approve for themselves. */
const READER = systemActor('approvals')

export const withState = async (db: Db, request: ApprovalRequest): Promise<ApprovalState> => {
  const stage = await findStageOf(db, READER, request.appId)
  return {
    ...request,
    needed: stage?.approvals ?? 0,
    approvers: stage
      ? await listApprovers(db, READER, { ...request, teamId: approvalTeamOf(stage) })
      : [],
  }
}

/** @throws 422 if the app is not in the pipeline */
export const stageIn = async (
  tx: Db,
  actor: Actor,
  pipeline: Pipeline,
  app: Pick<App, 'id' | 'name'>,
): Promise<GovernedStage> => {
  const stage = await findStageOf(tx, actor, app.id)
  if (stage?.pipelineId !== pipeline.id)
    throw invalidParams(`${app.name} is not in the pipeline ${pipeline.name}.`)
  return stage
}
