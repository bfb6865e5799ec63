import { transaction, type Db } from '#/foundation/db.ts'
import { forbidden, invalidParams } from '#/foundation/errors.ts'
import { approvalTeamOf, type GovernedStage } from '#/platform/change-gate/policy.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import { mayChangePipeline } from '#/platform/pipeline/pipeline-store.ts'
import type { Pipeline } from '#/platform/pipeline/pipeline.ts'
import type { Platform } from '#/platform/platform.ts'
import { announce } from '#/platform/webhook/announce.ts'
import {
  deleteApproval,
  findRequester,
  getApprovalRequest,
  getTeamName,
  insertApproval,
  listTeamApprovers,
  lockApprovalRequest,
  markRefused,
  withdrawRequest,
} from './approval-store.ts'
import { stageIn, withState } from './approval-state.ts'
import { stateOf, type ApprovalRequest, type ApprovalState } from './approval.ts'

type Needs = Pick<Platform, 'db' | 'keyring' | 'mail'>

/** Takes to be one of the stage's team who may deploy there, and not to be who asked. Twice is once. */
export const approve = (
  needs: Needs,
  actor: Actor,
  pipeline: Pipeline,
  id: string,
): Promise<ApprovalState> =>
  transaction(needs.db, async (tx) => {
    const request = await lockRequest(tx, actor, pipeline, id)
    await checkJudge(tx, actor, pipeline, request)
    const isNew = await insertApproval(tx, actor, request.id)
    const after = await withState(tx, request)
    if (!isNew) return after
    await insertEvent(tx, actor, {
      resource: 'approval',
      resourceId: request.id,
      action: 'update',
      appId: request.appId,
      pipelineId: pipeline.id,
      teamId: pipeline.teamId,
      after: { approvedBy: actor.name, digest: request.digest },
    })
    await announce(
      { ...needs, db: tx },
      {
        pipelineId: pipeline.id,
        event: 'approval.given',
        text: `${actor.name} approved ${request.digest.slice(7, 15)} for ${request.appName} (${after.approvers.length} of ${after.needed})`,
        data: {
          approval: { id: request.id, digest: request.digest, state: stateOf(after) },
          app: { id: request.appId, name: request.appName },
        },
      },
    )
    return after
  })

/** The same people say no as could have said yes; then it is to be asked for anew. */
export const refuse = (
  needs: Needs,
  actor: Actor,
  pipeline: Pipeline,
  { id, reason }: { id: string; reason: string | null },
): Promise<ApprovalState> =>
  transaction(needs.db, async (tx) => {
    const request = await lockRequest(tx, actor, pipeline, id)
    await checkJudge(tx, actor, pipeline, request)
    await markRefused(tx, actor, request.id, reason)
    await insertEvent(tx, actor, {
      resource: 'approval',
      resourceId: request.id,
      action: 'update',
      appId: request.appId,
      pipelineId: pipeline.id,
      teamId: pipeline.teamId,
      after: { refusedBy: actor.name, digest: request.digest, reason },
    })
    const asker = request.requestedBy && (await findRequester(tx, actor, request.requestedBy))
    await announce(
      { ...needs, db: tx },
      {
        pipelineId: pipeline.id,
        event: 'approval.refused',
        text: `${actor.name} refused ${request.digest.slice(7, 15)} for ${request.appName}${reason === null ? '' : ` (${reason})`}`,
        data: {
          approval: { id: request.id, digest: request.digest, state: 'refused' },
          app: { id: request.appId, name: request.appName },
        },
        mailTo: asker ? [asker.email] : [],
      },
    )
    return withState(tx, await getApprovalRequest(tx, actor, pipeline.id, request.id))
  })

/** @throws 403 if the actor is not one of those who decide on the request; 422 if it is not open any more */
const checkJudge = async (
  tx: Db,
  actor: Actor,
  pipeline: Pipeline,
  request: ApprovalRequest,
): Promise<void> => {
  const stage = await stageIn(tx, actor, pipeline, { id: request.appId, name: request.appName })
  const teamId = approvalTeamOf(stage)
  const people = await listTeamApprovers(tx, teamId)
  if (!people.some(({ accountId }) => accountId === actor.accountId))
    throw forbidden(await whoApproves(tx, pipeline, stage, teamId))
  if (request.requestedBy === actor.accountId)
    throw forbidden('You asked for this approval: somebody else has to give it.')
  if (request.refusedByName !== null)
    throw invalidParams(`${request.refusedByName} refused this request. Ask anew.`)
  if (request.withdrawnAt) throw invalidParams('This request was withdrawn. Ask anew.')
  if (request.expiresAt <= new Date())
    throw invalidParams('This request has expired. Ask anew: sluice pipelines:approvals:request')
}

const whoApproves = async (
  tx: Db,
  pipeline: Pipeline,
  stage: GovernedStage,
  teamId: string,
): Promise<string> =>
  teamId === pipeline.teamId && pipeline.ownerAccountId !== null
    ? `Only the owner of the personal pipeline ${pipeline.name} approves for ${stage.stage}.`
    : `Only members of the team ${await getTeamName(tx, teamId)} who may deploy its apps approve for ${stage.stage}.`

/** Takes back one's own approval; of one's own request, or as who may change the pipeline, the whole request. */
export const withdraw = (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  pipeline: Pipeline,
  id: string,
): Promise<ApprovalState> =>
  transaction(db, async (tx) => {
    const request = await lockRequest(tx, actor, pipeline, id)
    const isOwn = request.requestedBy === actor.accountId
    const hadApproved = !isOwn && (await deleteApproval(tx, actor, request.id))
    if (!isOwn && !hadApproved && !(await mayChangePipeline(tx, actor, pipeline.id)))
      throw forbidden('You have neither asked for this approval nor given it.')
    if (!hadApproved) await withdrawRequest(tx, actor, request.id)
    await insertEvent(tx, actor, {
      resource: 'approval',
      resourceId: request.id,
      action: hadApproved ? 'update' : 'destroy',
      appId: request.appId,
      pipelineId: pipeline.id,
      teamId: pipeline.teamId,
      before: { digest: request.digest, ...(hadApproved ? { approvedBy: actor.name } : {}) },
    })
    return withState(tx, await getApprovalRequest(tx, actor, pipeline.id, request.id))
  })

const lockRequest = async (
  tx: Db,
  actor: Actor,
  pipeline: Pipeline,
  id: string,
): Promise<ApprovalRequest> => {
  const found = await getApprovalRequest(tx, actor, pipeline.id, id)
  await lockApprovalRequest(tx, found.id)
  return getApprovalRequest(tx, actor, pipeline.id, found.id)
}
