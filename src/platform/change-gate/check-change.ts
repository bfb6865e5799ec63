import type { Db } from '#/foundation/db.ts'
import { forbidden } from '#/foundation/errors.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Cause } from '#/platform/release/release.ts'
import { getSlug } from '#/platform/slug/slug-store.ts'
import { freezeAt, inWords } from './freeze-window.ts'
import {
  findOverride,
  findStageOf,
  hasServed,
  listApprovers,
  listFreezes,
  type Approver,
} from './policy-store.ts'
import { approvalTeamOf, type GovernedStage } from './policy.ts'

export type ChangeInput = { appId: string; cause: Cause; slugId: string | null }

/** On what grounds a change was let through, for its record. */
export type Permit = {
  approvals: Approver[]
  /** The reason for which a freeze was set aside. */
  freezeOverride: string | null
  autoRollbackMinutes: number
}

const FREE: Permit = { approvals: [], freezeOverride: null, autoRollbackMinutes: 0 }

/**
 * The one gate of every change to an app of a pipeline: `releaseApp` asks it in the transaction of each release, and
 * what ends in a release later (a build, an add-on) asks it also when it begins. The app's row is locked: its stage
 * stays. @throws 403 that says what is missing
 */
export const checkChange = async (tx: Db, actor: Actor, input: ChangeInput): Promise<Permit> => {
  const stage = await findStageOf(tx, actor, input.appId)
  if (!stage) return FREE
  const { autoRollbackMinutes } = stage
  if (input.cause === 'repair' || input.cause === 'create') return { ...FREE, autoRollbackMinutes }
  const freezeOverride = await checkFreezes(tx, actor, stage)
  checkDirect(stage, input)
  const approvals = await checkApprovals(tx, actor, stage, input)
  return { approvals, freezeOverride, autoRollbackMinutes }
}

/**
 * What changes a stage without a release: an app of it is destroyed. Returns the reason for which a freeze was set aside.
 * The app's row is locked. @throws 403 while the stage is frozen
 */
export const checkFreeze = async (tx: Db, actor: Actor, appId: string): Promise<string | null> => {
  const stage = await findStageOf(tx, actor, appId)
  return stage ? checkFreezes(tx, actor, stage) : null
}

const checkFreezes = async (tx: Db, actor: Actor, stage: GovernedStage): Promise<string | null> => {
  const freezes = await listFreezes(tx, actor, [stage.stageId])
  const { now } = freezeAt(freezes, new Date())
  if (!now) return null
  const override = await findOverride(tx, actor, stage.stageId)
  if (override) return override.reason
  const why = now.window.reason === null ? '' : ` (${now.window.reason})`
  throw forbidden(
    `${stage.app} cannot be changed: ${stage.stage} of the pipeline ${stage.pipeline} is frozen until ${inWords(now.until, now.window.timeZone)}${why}. Who may change the pipeline can override it with a reason: sluice pipelines:freezes:override -p ${stage.pipeline} -s ${stage.stage} --reason WHY`,
  )
}

/** What is not built yet has no digest that anybody could have approved. */
const checkDirect = (stage: GovernedStage, { cause }: ChangeInput): void => {
  const isDirect = cause === 'push' || cause === 'slug'
  if (isDirect && !stage.directDeploys)
    throw forbidden(
      `Code comes to ${stage.app} by promotion only: so says the policy of ${stage.stage} of the pipeline ${stage.pipeline}.`,
    )
  if (cause === 'push' && stage.approvals > 0)
    throw forbidden(
      `${stage.app} takes code that ${countOf(stage.approvals, 'person has', 'people have')} approved, and a push cannot be approved before it is built. Push to an app of an earlier stage of ${stage.pipeline}, and promote from there.`,
    )
}

const checkApprovals = async (
  tx: Db,
  actor: Actor,
  stage: GovernedStage,
  { cause, slugId, appId }: ChangeInput,
): Promise<Approver[]> => {
  if (stage.approvals === 0 || slugId === null) return []
  if (cause !== 'promotion' && cause !== 'slug') return []
  const { digest } = await getSlug(tx, actor, slugId)
  if (cause === 'slug' && (await hasServed(tx, actor, appId, digest))) return []
  const teamId = approvalTeamOf(stage)
  const approvers = await listApprovers(tx, actor, { appId, digest, teamId })
  if (approvers.length >= stage.approvals) return approvers
  throw forbidden(
    `${stage.app} needs ${countOf(stage.approvals, 'approval', 'approvals')} of ${digest.slice(0, 15)}… and has ${approvers.length} that ${approvers.length === 1 ? 'counts' : 'count'}: not from whoever asks or promotes, and not expired. Ask for it: sluice pipelines:approvals:request -a SOURCE --to ${stage.app}`,
  )
}

const countOf = (number: number, one: string, many: string): string =>
  `${number} ${number === 1 ? one : many}`
