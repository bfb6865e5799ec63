import type { Db } from '#/foundation/db.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { FrozenSpan } from './freeze-schema.ts'
import { freezeAt } from './freeze-window.ts'
import { findOverride, findStageOf, listApprovers, listFreezes } from './policy-store.ts'
import { approvalTeamOf, type FreezeOverride, type StagePolicy } from './policy.ts'

/** What the gate would say to the actor now. */
export type PolicyState = Pick<StagePolicy, 'approvals' | 'blockingFindings' | 'promoters'> & {
  /** That count. */
  approvalsGiven: number
  frozen: { now?: FrozenSpan; next?: FrozenSpan }
  /** Lets the actor through in spite of a freeze. */
  override: FreezeOverride | null
}

/** Null for an app that is in no pipeline. */
export const readPolicyState = async (
  db: Db,
  actor: Actor,
  appId: string,
  digest: string | undefined,
): Promise<PolicyState | null> => {
  const stage = await findStageOf(db, actor, appId)
  if (!stage) return null
  const approvers =
    stage.approvals === 0 || digest === undefined
      ? []
      : await listApprovers(db, actor, { appId, digest, teamId: approvalTeamOf(stage) })
  return {
    approvals: stage.approvals,
    approvalsGiven: approvers.length,
    blockingFindings: stage.blockingFindings,
    promoters: stage.promoters,
    frozen: freezeAt(await listFreezes(db, actor, [stage.stageId]), new Date()),
    override: (await findOverride(db, actor, stage.stageId)) ?? null,
  }
}
