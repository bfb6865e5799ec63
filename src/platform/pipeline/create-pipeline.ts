import { transaction, type Db } from '#/foundation/db.ts'
import { forbidden, invalidParams, notFound, violates } from '#/foundation/errors.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { findTeam, getPersonalTeam } from '#/platform/team/team-store.ts'
import { rolesWith } from '#/platform/team/team.ts'
import { CHANGE_PIPELINE } from './pipeline-access.ts'
import { insertPipeline } from './pipeline-store.ts'
import {
  DEFAULT_STAGES,
  isValidPipelineName,
  PIPELINE_NAME_RULE,
  type Pipeline,
} from './pipeline.ts'

export type PipelineOwner = { id: string; type: 'user' | 'team' }

/** Makes a pipeline with Heroku's stages, for a team or (by default) for the caller. */
export const createPipeline = async (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  { name, owner }: { name: string; owner: PipelineOwner | undefined },
): Promise<Pipeline> => {
  if (!isValidPipelineName(name)) throw invalidParams(PIPELINE_NAME_RULE)
  const teamId = await teamOf(db, actor, owner)
  try {
    return await transaction(db, async (tx) => {
      const pipeline = await insertPipeline(tx, actor, {
        name,
        teamId,
        createdBy: actor.accountId,
        stages: DEFAULT_STAGES,
      })
      await insertEvent(tx, actor, {
        resource: 'pipeline',
        resourceId: pipeline.id,
        action: 'create',
        pipelineId: pipeline.id,
        teamId,
        after: { name },
      })
      return pipeline
    })
  } catch (error) {
    throw isNameTaken(error) ? nameTaken(name) : error
  }
}

const teamOf = async (db: Db, actor: Actor, owner: PipelineOwner | undefined): Promise<string> => {
  if (owner?.type === 'team') {
    const team = await findTeam(db, actor, owner.id)
    if (!team) throw notFound('team')
    if (!rolesWith(CHANGE_PIPELINE).includes(team.role))
      throw forbidden(`You may not create pipelines in the team ${team.name}.`)
    return team.id
  }
  if (owner && owner.id !== actor.accountId)
    throw forbidden('You cannot create a pipeline for somebody else.')
  return (await getPersonalTeam(db, actor)).id
}

export const isNameTaken = (error: unknown): boolean => violates(error, 'pipelines_name_key')

export const nameTaken = (name: string) =>
  invalidParams(`The name ${name} is already taken by another pipeline of this owner.`)
