import { transaction, type Db } from '#/foundation/db.ts'
import { invalidParams, notFound } from '#/foundation/errors.ts'
import { checkWindow } from '#/platform/change-gate/freeze-window.ts'
import {
  deleteFreeze,
  findPolicy,
  insertFreeze,
  insertOverride,
  listFreezes,
  savePolicy,
} from '#/platform/change-gate/policy-store.ts'
import {
  DEFAULT_POLICY,
  type Freeze,
  type FreezeOverride,
  type StagePolicy,
} from '#/platform/change-gate/policy.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import { lockPipelineFor } from '#/platform/pipeline/pipeline-store.ts'
import { CHANGE_PIPELINE, type Pipeline, type Stage } from '#/platform/pipeline/pipeline.ts'
import { findStage, listStages } from '#/platform/pipeline/stage-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { findTeam } from '#/platform/team/team-store.ts'

type Needs = Pick<Platform, 'db'>

/** `approvalTeam`: name or id; null: the pipeline's own. */
export type PolicyChange = Partial<Omit<StagePolicy, 'approvalTeamId'>> & {
  approvalTeam?: string | null
}

/** What is not given stays as it is. */
export const changePolicy = (
  { db }: Needs,
  actor: Actor,
  { id, name, pipelineId }: Pick<Stage, 'id' | 'name' | 'pipelineId'>,
  { approvalTeam, ...change }: PolicyChange,
): Promise<StagePolicy> =>
  transaction(db, async (tx) => {
    const pipeline = await lockPipelineFor(tx, actor, pipelineId, CHANGE_PIPELINE)
    const before = (await findPolicy(tx, actor, id)) ?? DEFAULT_POLICY
    const after: StagePolicy = {
      ...before,
      ...change,
      ...(approvalTeam === undefined
        ? {}
        : { approvalTeamId: await teamIdOf(tx, actor, approvalTeam) }),
    }
    if (after.approvals > 0 && after.approvalTeamId === null && pipeline.ownerAccountId !== null)
      throw invalidParams(
        `${pipeline.name} is a personal pipeline: nobody but its owner could approve. Name a team whose members do.`,
      )
    await savePolicy(tx, actor, id, after)
    await insertEvent(tx, actor, {
      resource: 'stage-policy',
      resourceId: id,
      action: 'update',
      pipelineId: pipeline.id,
      teamId: pipeline.teamId,
      before: { stage: name, ...before },
      after: { stage: name, ...after },
    })
    return after
  })

const teamIdOf = async (tx: Db, actor: Actor, ref: string | null): Promise<string | null> => {
  if (ref === null) return null
  const team = await findTeam(tx, actor, ref)
  if (!team) throw notFound('team')
  return team.id
}

const MOST_FREEZES = 50

export const addFreeze = (
  { db }: Needs,
  actor: Actor,
  pipelineId: string,
  {
    stage: ref,
    ...window
  }: Pick<Freeze, 'kind' | 'starts' | 'ends' | 'timeZone' | 'reason'> & {
    stage: string
  },
): Promise<{ freeze: Freeze; stage: Stage }> => {
  checkWindow(window)
  return transaction(db, async (tx) => {
    const pipeline = await lockPipelineFor(tx, actor, pipelineId, CHANGE_PIPELINE)
    const stage = await stageOf(tx, pipeline, ref)
    if ((await listFreezes(tx, actor, [stage.id])).length >= MOST_FREEZES)
      throw invalidParams(
        `A stage has ${MOST_FREEZES} freezes at most. Remove those that are over.`,
      )
    const freeze = await insertFreeze(tx, actor, { stageId: stage.id, ...window })
    await insertEvent(tx, actor, {
      resource: 'stage-freeze',
      resourceId: freeze.id,
      action: 'create',
      pipelineId: pipeline.id,
      teamId: pipeline.teamId,
      after: { stage: stage.name, ...window },
    })
    return { freeze, stage }
  })
}

export const removeFreeze = (
  { db }: Needs,
  actor: Actor,
  pipelineId: string,
  id: string,
): Promise<{ freeze: Freeze; stage: Stage }> =>
  transaction(db, async (tx) => {
    const pipeline = await lockPipelineFor(tx, actor, pipelineId, CHANGE_PIPELINE)
    const stages = await listStages(tx, pipeline.id)
    const freezes = await listFreezes(
      tx,
      actor,
      stages.map((stage) => stage.id),
    )
    const freeze = freezes.find((one) => one.id === id)
    const stage = stages.find((one) => one.id === freeze?.stageId)
    if (!freeze || !stage) throw notFound('freeze')
    await deleteFreeze(tx, actor, freeze.id)
    const { kind, starts, ends, timeZone, reason } = freeze
    await insertEvent(tx, actor, {
      resource: 'stage-freeze',
      resourceId: freeze.id,
      action: 'destroy',
      pipelineId: pipeline.id,
      teamId: pipeline.teamId,
      before: { stage: stage.name, kind, starts, ends, timeZone, reason },
    })
    return { freeze, stage }
  })

/** For so many minutes the actor's own changes to the stage go through in spite of its freezes. */
export const overrideFreeze = (
  { db }: Needs,
  actor: Actor,
  pipelineId: string,
  { stage: ref, reason, minutes }: { stage: string; reason: string; minutes: number },
): Promise<{ override: FreezeOverride; stage: Stage }> =>
  transaction(db, async (tx) => {
    if (reason.trim() === '') throw invalidParams('Say why: the reason is kept.')
    const pipeline = await lockPipelineFor(tx, actor, pipelineId, CHANGE_PIPELINE)
    const stage = await stageOf(tx, pipeline, ref)
    const override = await insertOverride(tx, actor, { stageId: stage.id, reason, minutes })
    await insertEvent(tx, actor, {
      resource: 'freeze-override',
      resourceId: override.id,
      action: 'create',
      pipelineId: pipeline.id,
      teamId: pipeline.teamId,
      after: { stage: stage.name, reason, minutes },
    })
    return { override, stage }
  })

const stageOf = async (tx: Db, pipeline: Pipeline, ref: string): Promise<Stage> => {
  const stage = await findStage(tx, pipeline.id, ref)
  if (!stage) throw notFound('pipeline_stage', `The pipeline has no stage '${ref}'.`)
  return stage
}
