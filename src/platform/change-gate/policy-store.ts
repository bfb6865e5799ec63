import { sql } from 'kysely'
import type { Db } from '#/foundation/db.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { rolesWith } from '#/platform/team/team.ts'
import type { Freeze, FreezeOverride, GovernedStage, StagePolicy } from './policy.ts'

const POLICY_COLUMNS = [
  sql<number>`coalesce(stage_policies.approvals, 0)`.as('approvals'),
  'stagePolicies.approvalTeamId',
  sql<number>`coalesce(stage_policies.approval_hours, 168)`.as('approvalHours'),
  'stagePolicies.promoters',
  sql<boolean>`coalesce(stage_policies.direct_deploys, true)`.as('directDeploys'),
  sql<string[]>`coalesce(stage_policies.blocking_findings, '{}')`.as('blockingFindings'),
  sql<number>`coalesce(stage_policies.auto_rollback_minutes, 0)`.as('autoRollbackMinutes'),
] as const

/** The stages of those of the apps that are in a pipeline. */
export const listStagesOf = (db: Db, _actor: Actor, appIds: string[]): Promise<GovernedStage[]> =>
  db
    .selectFrom('pipelineCouplings')
    .innerJoin('pipelineStages', 'pipelineStages.id', 'pipelineCouplings.stageId')
    .innerJoin('pipelines', 'pipelines.id', 'pipelineCouplings.pipelineId')
    .innerJoin('apps', 'apps.id', 'pipelineCouplings.appId')
    .leftJoin('stagePolicies', 'stagePolicies.stageId', 'pipelineStages.id')
    .select([
      'pipelineStages.id as stageId',
      'pipelineStages.name as stage',
      'pipelineStages.kind',
      'pipelines.id as pipelineId',
      'pipelines.name as pipeline',
      'pipelines.teamId',
      'apps.id as appId',
      'apps.name as app',
      ...POLICY_COLUMNS,
    ])
    .where('pipelineCouplings.appId', 'in', appIds)
    .execute() as Promise<GovernedStage[]>

export const findStageOf = async (
  db: Db,
  actor: Actor,
  appId: string,
): Promise<GovernedStage | undefined> => (await listStagesOf(db, actor, [appId]))[0]

export const findPolicy = (
  db: Db,
  _actor: Actor,
  stageId: string,
): Promise<StagePolicy | undefined> =>
  db
    .selectFrom('stagePolicies')
    .select(POLICY_COLUMNS)
    .where('stageId', '=', stageId)
    .executeTakeFirst() as Promise<StagePolicy | undefined>

/** Whether findings of a plan keep some app of the pipeline from being promoted to. */
export const hasBlockingFindings = async (
  db: Db,
  _actor: Actor,
  pipelineId: string,
): Promise<boolean> =>
  (await db
    .selectFrom('stagePolicies')
    .innerJoin('pipelineStages', 'pipelineStages.id', 'stagePolicies.stageId')
    .select('stageId')
    .where('pipelineId', '=', pipelineId)
    .where('blockingFindings', '<>', sql<string[]>`'{}'`)
    .limit(1)
    .executeTakeFirst()) !== undefined

export const savePolicy = async (
  tx: Db,
  _actor: Actor,
  stageId: string,
  policy: StagePolicy,
): Promise<void> => {
  await tx
    .insertInto('stagePolicies')
    .values({ stageId, ...policy })
    .onConflict((conflict) =>
      conflict.column('stageId').doUpdateSet({ ...policy, updatedAt: sql<Date>`now()` }),
    )
    .execute()
}

const FREEZE_COLUMNS = [
  'id',
  'stageId',
  'kind',
  'starts',
  'ends',
  'timeZone',
  'reason',
  'createdByName',
  'createdAt',
] as const

export const listFreezes = (db: Db, _actor: Actor, stageIds: string[]): Promise<Freeze[]> =>
  stageIds.length === 0
    ? Promise.resolve([])
    : (db
        .selectFrom('stageFreezes')
        .select(FREEZE_COLUMNS)
        .where('stageId', 'in', stageIds)
        .orderBy('createdAt')
        .execute() as Promise<Freeze[]>)

export const insertFreeze = (
  tx: Db,
  actor: Actor,
  freeze: Pick<Freeze, 'stageId' | 'kind' | 'starts' | 'ends' | 'timeZone' | 'reason'>,
): Promise<Freeze> =>
  tx
    .insertInto('stageFreezes')
    .values({ ...freeze, createdBy: actor.accountId, createdByName: actor.name })
    .returning(FREEZE_COLUMNS)
    .executeTakeFirstOrThrow() as Promise<Freeze>

export const deleteFreeze = async (tx: Db, _actor: Actor, id: string): Promise<void> => {
  await tx.deleteFrom('stageFreezes').where('id', '=', id).execute()
}

const OVERRIDE_COLUMNS = [
  'id',
  'stageId',
  'accountId',
  'accountName',
  'reason',
  'expiresAt',
  'createdAt',
] as const

/** The actor's newest that still counts. */
export const findOverride = async (
  db: Db,
  actor: Actor,
  stageId: string,
): Promise<FreezeOverride | undefined> =>
  actor.accountId === null
    ? undefined
    : db
        .selectFrom('freezeOverrides')
        .select(OVERRIDE_COLUMNS)
        .where('stageId', '=', stageId)
        .where('accountId', '=', actor.accountId)
        .where('expiresAt', '>', sql<Date>`now()`)
        .orderBy('createdAt', 'desc')
        .limit(1)
        .executeTakeFirst()

export const insertOverride = (
  tx: Db,
  actor: Actor,
  input: { stageId: string; reason: string; minutes: number },
): Promise<FreezeOverride> =>
  tx
    .insertInto('freezeOverrides')
    .values({
      stageId: input.stageId,
      accountId: actor.accountId ?? '',
      accountName: actor.name,
      reason: input.reason,
      expiresAt: sql<Date>`now() + make_interval(mins => ${input.minutes})`,
    })
    .returning(OVERRIDE_COLUMNS)
    .executeTakeFirstOrThrow()

export type Approver = { accountId: string; name: string; at: Date }

/**
 * Who has approved these files for this app, as long as the request counts: members of the team who may deploy there,
 * other than who asked and than the actor.
 */
export const listApprovers = (
  db: Db,
  actor: Actor,
  { appId, digest, teamId }: { appId: string; digest: string; teamId: string },
): Promise<Approver[]> => {
  let query = db
    .selectFrom('approvals')
    .innerJoin('approvalRequests', 'approvalRequests.id', 'approvals.requestId')
    .innerJoin('teamMembers', 'teamMembers.accountId', 'approvals.accountId')
    .select(['approvals.accountId', 'approvals.accountName as name', 'approvals.createdAt as at'])
    .where('approvalRequests.appId', '=', appId)
    .where('approvalRequests.digest', '=', digest)
    .where('approvalRequests.withdrawnAt', 'is', null)
    .where('approvalRequests.expiresAt', '>', sql<Date>`now()`)
    .where('teamMembers.teamId', '=', teamId)
    .where('teamMembers.role', 'in', rolesWith('deploy'))
    .where((eb) =>
      eb('approvals.accountId', 'is distinct from', eb.ref('approvalRequests.requestedBy')),
    )
  if (actor.accountId !== null) query = query.where('approvals.accountId', '<>', actor.accountId)
  return query.orderBy('approvals.createdAt').execute()
}

/** Whether these files have been what the app served. */
export const hasServed = async (
  db: Db,
  _actor: Actor,
  appId: string,
  digest: string,
): Promise<boolean> =>
  (await db
    .selectFrom('releases')
    .innerJoin('slugs', 'slugs.id', 'releases.slugId')
    .select('releases.id')
    .where('releases.appId', '=', appId)
    .where('releases.status', '=', 'succeeded')
    .where('slugs.digest', '=', digest)
    .limit(1)
    .executeTakeFirst()) !== undefined

/** From now on a crash of the release undoes it, for so many minutes. */
export const watchRelease = async (
  tx: Db,
  _actor: Actor,
  releaseId: string,
  minutes: number,
): Promise<void> => {
  await tx
    .insertInto('releaseWatches')
    .values({ releaseId, until: sql<Date>`now() + make_interval(mins => ${minutes})` })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

export const findWatch = (
  db: Db,
  _actor: Actor,
  releaseId: string,
): Promise<{ until: Date } | undefined> =>
  db
    .selectFrom('releaseWatches')
    .select('until')
    .where('releaseId', '=', releaseId)
    .where('endedAt', 'is', null)
    .executeTakeFirst()

/** Locked until the transaction ends. Undefined if it is not watched, or has been decided. */
export const lockWatch = (
  tx: Db,
  _actor: Actor,
  releaseId: string,
): Promise<{ releaseId: string; until: Date } | undefined> =>
  tx
    .selectFrom('releaseWatches')
    .select(['releaseId', 'until'])
    .where('releaseId', '=', releaseId)
    .where('endedAt', 'is', null)
    .forUpdate()
    .executeTakeFirst()

export const endWatch = async (tx: Db, _actor: Actor, releaseId: string): Promise<void> => {
  await tx
    .updateTable('releaseWatches')
    .set({ endedAt: sql<Date>`now()` })
    .where('releaseId', '=', releaseId)
    .execute()
}
