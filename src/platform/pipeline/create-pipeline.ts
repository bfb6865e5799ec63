import { transaction, type Db } from '#/foundation/db.ts'
import { forbidden, invalidParams, notFound, violates } from '#/foundation/errors.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { findTeam, getPersonalTeam } from '#/platform/team/team-store.ts'
import type { Team } from '#/platform/team/team.ts'
import { checkSettings, type PipelineSettings } from './pipeline-settings.ts'
import { insertPipeline, updatePipelineRow } from './pipeline-store.ts'
import {
  DEFAULT_STAGES,
  isValidPipelineName,
  mayHoldPipelines,
  PIPELINE_NAME_RULE,
  type Pipeline,
  type PipelineOwner,
} from './pipeline.ts'

/** Makes a pipeline with Heroku's stages, for a team or (by default) for the caller. */
export const createPipeline = async (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  {
    name,
    owner,
    settings,
  }: { name: string; owner: PipelineOwner | undefined; settings: PipelineSettings },
): Promise<Pipeline> => {
  if (!isValidPipelineName(name)) throw invalidParams(PIPELINE_NAME_RULE)
  const team = await teamOf(db, actor, owner)
  try {
    return await transaction(db, async (tx) => {
      const created = await insertPipeline(tx, actor, {
        name,
        teamId: team.id,
        createdBy: actor.accountId,
        ephemeralAutoJoin: team.personalAccountId === null && team.ephemeralAutoJoin,
        stages: DEFAULT_STAGES,
      })
      checkSettings(created, settings)
      const pipeline = await updatePipelineRow(tx, actor, created.id, settings)
      await insertEvent(tx, actor, {
        resource: 'pipeline',
        resourceId: pipeline.id,
        action: 'create',
        pipelineId: pipeline.id,
        teamId: team.id,
        after: { name, ...settings },
      })
      return pipeline
    })
  } catch (error) {
    throw isNameTaken(error) ? nameTaken(name) : error
  }
}

const teamOf = async (db: Db, actor: Actor, owner: PipelineOwner | undefined): Promise<Team> => {
  if (owner?.type === 'team') {
    const team = await findTeam(db, actor, owner.id)
    if (!team) throw notFound('team')
    if (!mayHoldPipelines(team.role, team))
      throw forbidden(`You may not create pipelines in the team ${team.name}.`)
    return team
  }
  if (owner && owner.id !== actor.accountId)
    throw forbidden('You cannot create a pipeline for somebody else.')
  return getPersonalTeam(db, actor)
}

export const isNameTaken = (error: unknown): boolean => violates(error, 'pipelines_name_key')

export const nameTaken = (name: string) =>
  invalidParams(`The name ${name} is already taken by another pipeline of this owner.`)
