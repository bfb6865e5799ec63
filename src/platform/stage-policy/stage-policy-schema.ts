import { Type, type Static } from 'typebox'
import { Reference } from '#/platform/app/reference.ts'
import { presentFrozenSpan } from '#/platform/change-gate/freeze-schema.ts'
import { freezeAt, nextSpan, spanAt } from '#/platform/change-gate/freeze-window.ts'
import {
  PROMOTERS,
  type Freeze,
  type FreezeOverride,
  type StagePolicy,
} from '#/platform/change-gate/policy.ts'
import type { Stage } from '#/platform/pipeline/pipeline.ts'
import { stateOf, type ApprovalState } from './approval.ts'
import type { PolicyChange } from './change-policy.ts'

export const UpdatePolicy = Type.Object(
  {
    approvals: Type.Optional(Type.Integer({ minimum: 0, maximum: 20 })),
    approval_team: Type.Optional(Type.Union([Reference, Type.Null()])),
    approval_hours: Type.Optional(Type.Integer({ minimum: 1, maximum: 8760 })),
    promoters: Type.Optional(
      Type.Union([...PROMOTERS.map((name) => Type.Literal(name)), Type.Null()]),
    ),
    direct_deploys: Type.Optional(Type.Boolean()),
    blocking_findings: Type.Optional(
      Type.Array(Type.String({ pattern: '^[a-z0-9.*-]{1,60}$' }), { maxItems: 50 }),
    ),
    auto_rollback_minutes: Type.Optional(Type.Integer({ minimum: 0, maximum: 60 })),
  },
  { additionalProperties: false },
)

export const policyChangeOf = (
  body: Static<typeof UpdatePolicy>,
  nameOf: (reference: Static<typeof Reference>) => string,
): PolicyChange => ({
  ...(body.approvals === undefined ? {} : { approvals: body.approvals }),
  ...(body.approval_team === undefined
    ? {}
    : { approvalTeam: body.approval_team === null ? null : nameOf(body.approval_team) }),
  ...(body.approval_hours === undefined ? {} : { approvalHours: body.approval_hours }),
  ...(body.promoters === undefined ? {} : { promoters: body.promoters }),
  ...(body.direct_deploys === undefined ? {} : { directDeploys: body.direct_deploys }),
  ...(body.blocking_findings === undefined
    ? {}
    : { blockingFindings: [...new Set(body.blocking_findings)] }),
  ...(body.auto_rollback_minutes === undefined
    ? {}
    : { autoRollbackMinutes: body.auto_rollback_minutes }),
})

export const CreateFreeze = Type.Object({
  stage: Type.String(),
  kind: Type.Union([Type.Literal('weekly'), Type.Literal('range')]),
  starts: Type.String({ maxLength: 30 }),
  ends: Type.String({ maxLength: 30 }),
  time_zone: Type.String({ maxLength: 60 }),
  reason: Type.Optional(Type.String({ maxLength: 200 })),
})

export const CreateOverride = Type.Object({
  stage: Type.String(),
  reason: Type.String({ minLength: 1, maxLength: 500 }),
  minutes: Type.Optional(Type.Integer({ minimum: 1, maximum: 24 * 60 })),
})

const Reason = Type.String({ minLength: 1, maxLength: 500 })

export const CreateApprovals = Type.Object({
  source: Type.Object({
    app: Reference,
    release: Type.Optional(Type.Union([Reference, Type.Null()])),
  }),
  targets: Type.Array(Type.Object({ app: Reference }), { maxItems: 200 }),
  reason: Type.Optional(Reason),
})

export const RefuseApproval = Type.Object({ reason: Type.Optional(Reason) })

type StageName = Pick<Stage, 'id' | 'name'>

export const presentPolicy = (stage: StageName, policy: StagePolicy, freezes: Freeze[]) => {
  const { now, next } = freezeAt(freezes, new Date())
  return {
    stage: { id: stage.id, name: stage.name },
    approvals: policy.approvals,
    approval_team: policy.approvalTeamId === null ? null : { id: policy.approvalTeamId },
    approval_hours: policy.approvalHours,
    promoters: policy.promoters,
    direct_deploys: policy.directDeploys,
    blocking_findings: policy.blockingFindings,
    auto_rollback_minutes: policy.autoRollbackMinutes,
    freeze: { now: presentFrozenSpan(now), next: presentFrozenSpan(next) },
  }
}

export const presentFreeze = (stage: StageName, freeze: Freeze) => {
  const at = new Date()
  return {
    id: freeze.id,
    stage: { id: stage.id, name: stage.name },
    kind: freeze.kind,
    starts: freeze.starts,
    ends: freeze.ends,
    time_zone: freeze.timeZone,
    reason: freeze.reason,
    now: spanAt(freeze, at) ?? null,
    next: nextSpan(freeze, at) ?? null,
    created_by: { email: freeze.createdByName },
    created_at: freeze.createdAt,
  }
}

export const presentOverride = (stage: StageName, override: FreezeOverride) => ({
  id: override.id,
  stage: { id: stage.id, name: stage.name },
  user: { id: override.accountId, email: override.accountName },
  reason: override.reason,
  expires_at: override.expiresAt,
  created_at: override.createdAt,
})

export const presentApproval = (approval: ApprovalState) => ({
  id: approval.id,
  pipeline: { id: approval.pipelineId },
  app: { id: approval.appId, name: approval.appName },
  digest: approval.digest,
  source: {
    app: { id: approval.sourceAppId, name: approval.sourceAppName },
    release: { id: approval.sourceReleaseId, version: approval.sourceVersion },
  },
  state: stateOf(approval),
  needed: approval.needed,
  approvals: approval.approvers.map(({ accountId, name, at }) => ({
    user: { id: accountId, email: name },
    created_at: at,
  })),
  requested_by: { id: approval.requestedBy, email: approval.requestedByName },
  reason: approval.reason,
  refused_by: approval.refusedByName === null ? null : { email: approval.refusedByName },
  refusal: approval.refusal,
  expires_at: approval.expiresAt,
  created_at: approval.createdAt,
})
