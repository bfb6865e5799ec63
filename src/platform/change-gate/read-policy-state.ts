import type { Db } from '#/foundation/db.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { freezeAt, type Span } from './freeze-window.ts'
import { findOverride, findStageOf, listApprovers, listFreezes } from './policy-store.ts'
import { approvalTeamOf, type FreezeOverride, type StagePolicy } from './policy.ts'

type Frozen = Span & { timeZone: string; reason: string | null }

/** What the gate would say to the actor now. */
export type PolicyState = Pick<StagePolicy, 'approvals' | 'blockingFindings' | 'promoters'> & {
  /** That count. */
  approvalsGiven: number
  frozenNow: Frozen | null
  frozenNext: Frozen | null
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
  const { now, next } = freezeAt(await listFreezes(db, actor, [stage.stageId]), new Date())
  const approvers =
    stage.approvals === 0 || digest === undefined
      ? []
      : await listApprovers(db, actor, { appId, digest, teamId: approvalTeamOf(stage) })
  return {
    approvals: stage.approvals,
    approvalsGiven: approvers.length,
    blockingFindings: stage.blockingFindings,
    promoters: stage.promoters,
    frozenNow: now ? frozen(now) : null,
    frozenNext: next ? frozen(next) : null,
    override: (await findOverride(db, actor, stage.stageId)) ?? null,
  }
}

const frozen = ({
  from,
  until,
  window,
}: Span & { window: { timeZone: string; reason: string | null } }): Frozen => ({
  from,
  until,
  timeZone: window.timeZone,
  reason: window.reason,
})
