import { referenceOf } from '#/platform/app/reference.ts'
import { findPolicy, listFreezes } from '#/platform/change-gate/policy-store.ts'
import { DEFAULT_POLICY } from '#/platform/change-gate/policy.ts'
import { onPipeline, onStage } from '#/platform/pipeline/pipeline-access.ts'
import { CHANGE_PIPELINE } from '#/platform/pipeline/pipeline.ts'
import { listStages } from '#/platform/pipeline/stage-store.ts'
import { route } from '#/platform/route.ts'
import { getApprovalRequest, listApprovalRequests } from './approval-store.ts'
import { withState } from './approval-state.ts'
import { approve, refuse, withdraw } from './decide-approval.ts'
import { requestApprovals } from './request-approvals.ts'
import { addFreeze, changePolicy, overrideFreeze, removeFreeze } from './change-policy.ts'
import {
  CreateApprovals,
  CreateFreeze,
  CreateOverride,
  policyChangeOf,
  presentApproval,
  presentFreeze,
  presentOverride,
  presentPolicy,
  RefuseApproval,
  UpdatePolicy,
} from './stage-policy-schema.ts'

const OVERRIDE_MINUTES = 30

export const stagePolicyRoutes = [
  route({
    method: 'GET',
    path: '/pipelines/:pipeline/stages/:stage/policy',
    access: onStage('view'),
    handle: async ({ platform: { db }, actor, target: stage }) =>
      presentPolicy(
        stage,
        (await findPolicy(db, actor, stage.id)) ?? DEFAULT_POLICY,
        await listFreezes(db, actor, [stage.id]),
      ),
  }),
  route({
    method: 'PATCH',
    path: '/pipelines/:pipeline/stages/:stage/policy',
    access: onStage(CHANGE_PIPELINE),
    body: UpdatePolicy,
    handle: async ({ platform, actor, target: stage, body }) =>
      presentPolicy(
        stage,
        await changePolicy(platform, actor, stage, policyChangeOf(body, referenceOf)),
        await listFreezes(platform.db, actor, [stage.id]),
      ),
  }),
  route({
    method: 'GET',
    path: '/pipelines/:pipeline/freezes',
    access: onPipeline('view'),
    handle: async ({ platform: { db }, actor, target }) => {
      const stages = await listStages(db, target.id)
      const ids = stages.map(({ id }) => id)
      return (await listFreezes(db, actor, ids)).flatMap((freeze) =>
        stages
          .filter(({ id }) => id === freeze.stageId)
          .map((stage) => presentFreeze(stage, freeze)),
      )
    },
  }),
  route({
    method: 'POST',
    path: '/pipelines/:pipeline/freezes',
    access: onPipeline(CHANGE_PIPELINE),
    body: CreateFreeze,
    handle: async ({ platform, actor, target, body: { time_zone: timeZone, reason, ...rest } }) => {
      const { stage, freeze } = await addFreeze(platform, actor, target.id, {
        ...rest,
        timeZone,
        reason: reason ?? null,
      })
      return presentFreeze(stage, freeze)
    },
  }),
  route({
    method: 'DELETE',
    path: '/pipelines/:pipeline/freezes/:freeze',
    access: onPipeline(CHANGE_PIPELINE),
    handle: async ({ platform, actor, target, params }) => {
      const { stage, freeze } = await removeFreeze(platform, actor, target.id, params.freeze)
      return presentFreeze(stage, freeze)
    },
  }),
  route({
    method: 'POST',
    path: '/pipelines/:pipeline/freeze-overrides',
    access: onPipeline(CHANGE_PIPELINE),
    body: CreateOverride,
    handle: async ({ platform, actor, target, body }) => {
      const { stage, override } = await overrideFreeze(platform, actor, target.id, {
        minutes: OVERRIDE_MINUTES,
        ...body,
      })
      return presentOverride(stage, override)
    },
  }),
  route({
    method: 'GET',
    path: '/pipelines/:pipeline/approvals',
    access: onPipeline('view'),
    handle: async ({ platform: { db }, actor, target }) => {
      const found = await listApprovalRequests(db, actor, target.id)
      return Promise.all(found.map(async (one) => presentApproval(await withState(db, one))))
    },
  }),
  route({
    method: 'POST',
    scope: 'deploy',
    path: '/pipelines/:pipeline/approvals',
    access: onPipeline('view'),
    body: CreateApprovals,
    handle: async ({ platform, actor, target, body: { source, targets, reason } }) =>
      (
        await requestApprovals(platform, actor, target, {
          source: {
            app: referenceOf(source.app),
            release: source.release ? referenceOf(source.release) : undefined,
          },
          targets: targets.map(({ app }) => referenceOf(app)),
          reason: reason ?? null,
        })
      ).map(presentApproval),
  }),
  route({
    method: 'GET',
    path: '/pipelines/:pipeline/approvals/:approval',
    access: onPipeline('view'),
    handle: async ({ platform: { db }, actor, target, params }) =>
      presentApproval(
        await withState(db, await getApprovalRequest(db, actor, target.id, params.approval)),
      ),
  }),
  route({
    method: 'POST',
    path: '/pipelines/:pipeline/approvals/:approval/actions/approve',
    access: onPipeline('view'),
    status: 200,
    handle: async ({ platform, actor, target, params }) =>
      presentApproval(await approve(platform, actor, target, params.approval)),
  }),
  route({
    method: 'POST',
    path: '/pipelines/:pipeline/approvals/:approval/actions/refuse',
    access: onPipeline('view'),
    body: RefuseApproval,
    status: 200,
    handle: async ({ platform, actor, target, params, body }) =>
      presentApproval(
        await refuse(platform, actor, target, {
          id: params.approval,
          reason: body.reason ?? null,
        }),
      ),
  }),
  route({
    method: 'POST',
    path: '/pipelines/:pipeline/approvals/:approval/actions/withdraw',
    access: onPipeline('view'),
    status: 200,
    handle: async ({ platform, actor, target, params }) =>
      presentApproval(await withdraw(platform, actor, target, params.approval)),
  }),
]
