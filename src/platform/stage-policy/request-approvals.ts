import { transaction } from '#/foundation/db.ts'
import { invalidParams } from '#/foundation/errors.ts'
import { getApp, lockApp } from '#/platform/app/app-store.ts'
import type { App } from '#/platform/app/app.ts'
import { approvalTeamOf, type GovernedStage } from '#/platform/change-gate/policy.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Pipeline } from '#/platform/pipeline/pipeline.ts'
import type { Platform } from '#/platform/platform.ts'
import { findCurrentRelease, getRelease } from '#/platform/release/release-store.ts'
import { getSlug } from '#/platform/slug/slug-store.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'
import { announce } from '#/platform/webhook/announce.ts'
import {
  findOpenRequest,
  getApprovalRequest,
  insertApprovalRequest,
  listTeamApprovers,
  withdrawRequest,
} from './approval-store.ts'
import { stageIn, withState } from './approval-state.ts'
import type { ApprovalState } from './approval.ts'

type Needs = Pick<Platform, 'db' | 'keyring' | 'mail'>

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
