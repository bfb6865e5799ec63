import { transaction, type Db } from '#/foundation/db.ts'
import { forbidden, invalidParams } from '#/foundation/errors.ts'
import { getApp, lockApp } from '#/platform/app/app-store.ts'
import type { App } from '#/platform/app/app.ts'
import { findStageOf, listApprovers } from '#/platform/change-gate/policy-store.ts'
import { approvalTeamOf, type GovernedStage } from '#/platform/change-gate/policy.ts'
import { systemActor, type Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import { mayChangePipeline } from '#/platform/pipeline/pipeline-store.ts'
import type { Pipeline } from '#/platform/pipeline/pipeline.ts'
import type { Platform } from '#/platform/platform.ts'
import { findCurrentRelease, getRelease } from '#/platform/release/release-store.ts'
import { getSlug } from '#/platform/slug/slug-store.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'
import { announce } from '#/platform/webhook/announce.ts'
import {
  deleteApproval,
  findOpenRequest,
  findRequester,
  getApprovalRequest,
  getTeamName,
  insertApproval,
  insertApprovalRequest,
  listTeamApprovers,
  lockApprovalRequest,
  markRefused,
  withdrawRequest,
} from './approval-store.ts'
import { stateOf, type ApprovalRequest, type ApprovalState } from './approval.ts'

type Needs = Pick<Platform, 'db' | 'keyring' | 'mail'>

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

type RequestInput = {
  source: { app: string; release: string | undefined }
  targets: string[]
  reason: string | null
}

/**
 * Asks that what the source serves, or an earlier release of it, may come to the targets. One that is asked for
 * already stays as it is; one that has expired is asked for anew. Takes deploy on the source.
 */
export const requestApprovals = (
  needs: Needs,
  actor: Actor,
  pipeline: Pipeline,
  input: RequestInput,
): Promise<ApprovalState[]> =>
  transaction(needs.db, async (tx) => {
    const source = await getApp(tx, actor, input.source.app, NEEDED.promotion)
    await stageIn(tx, actor, pipeline, source)
    const release =
      input.source.release === undefined
        ? await findCurrentRelease(tx, actor, source.id)
        : await getRelease(tx, actor, source.id, input.source.release)
    if (!release?.slugId || (release.status !== 'succeeded' && !release.current))
      throw invalidParams(`${source.name} has no such release with code that has succeeded.`)
    const { digest } = await getSlug(tx, actor, release.slugId)
    const apps: App[] = []
    for (const ref of new Set(input.targets)) apps.push(await getApp(tx, actor, ref, 'view'))
    if (apps.length === 0) throw invalidParams('Name at least one app to ask for.')
    const made: ApprovalState[] = []
    for (const target of apps.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
      await lockApp(tx, actor, target.id)
      const stage = await stageIn(tx, actor, pipeline, target)
      if (stage.approvals === 0)
        throw invalidParams(
          `${target.name} needs no approval: so says the policy of ${stage.stage}.`,
        )
      const subject = {
        ...{ source, version: release.version, releaseId: release.id, digest },
        reason: input.reason,
      }
      made.push(await requestOne({ ...needs, db: tx }, actor, stage, subject))
    }
    return made
  })

const stageIn = async (
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

type Subject = {
  source: App
  version: number
  releaseId: string
  digest: string
  reason: string | null
}

const requestOne = async (
  needs: Needs,
  actor: Actor,
  stage: GovernedStage,
  { source, version, releaseId, digest, reason }: Subject,
): Promise<ApprovalState> => {
  const { db: tx } = needs
  const open = await findOpenRequest(tx, stage.appId, digest)
  if (open && open.expiresAt > new Date())
    return withState(tx, await getApprovalRequest(tx, actor, stage.pipelineId, open.id))
  if (open) await withdrawRequest(tx, actor, open.id)
  const id = await insertApprovalRequest(tx, actor, {
    pipelineId: stage.pipelineId,
    appId: stage.appId,
    digest,
    sourceAppId: source.id,
    sourceReleaseId: releaseId,
    reason,
    hours: stage.approvalHours,
  })
  await insertEvent(tx, actor, {
    resource: 'approval',
    resourceId: id,
    action: 'create',
    appId: stage.appId,
    pipelineId: stage.pipelineId,
    teamId: stage.teamId,
    after: {
      source: { app: source.name, version },
      digest,
      ...(reason === null ? {} : { reason }),
    },
  })
  const people = await listTeamApprovers(tx, approvalTeamOf(stage))
  await announce(needs, {
    pipelineId: stage.pipelineId,
    event: 'approval.requested',
    text: `${actor.name} asks for approval: ${source.name} v${version} to ${stage.app}${reason === null ? '' : ` (${reason})`}`,
    data: { approval: { id, digest }, app: { id: stage.appId, name: stage.app } },
    details: `sluice pipelines:plan -a ${source.name} --to ${stage.app}\nsluice pipelines:approve ${id} -p ${stage.pipeline}`,
    mailTo: people.filter((one) => one.accountId !== actor.accountId).map(({ email }) => email),
  })
  return withState(tx, await getApprovalRequest(tx, actor, stage.pipelineId, id))
}

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
