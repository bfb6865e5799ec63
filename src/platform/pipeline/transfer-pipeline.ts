import { transaction, type Db } from '#/foundation/db.ts'
import { forbidden, invalidParams, notFound } from '#/foundation/errors.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { findTeam, getPersonalTeamOf, getTeam, lockTeamMember } from '#/platform/team/team-store.ts'
import type { Team } from '#/platform/team/team.ts'
import { isNameTaken, nameTaken } from './create-pipeline.ts'
import { deleteEphemeralCollaborators, listEphemeralCollaborators } from './ephemeral-store.ts'
import { lockPipelineFor, updatePipelineRow } from './pipeline-store.ts'
import {
  CHANGE_PIPELINE,
  mayHoldPipelines,
  ownerOf,
  type Pipeline,
  type PipelineOwner,
} from './pipeline.ts'

export type Transfer = { before: Pipeline; after: Pipeline }

/**
 * Gives a pipeline to another owner: a person's to a team they work in, a team's to one of its people. Its apps stay
 * whose they are. Who gets what on new review and test apps starts anew for the new owner; of those added by hand the
 * ones remain who can be on the new owner's list.
 */
export const transferPipeline = async (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  input: { pipeline: string; newOwner: PipelineOwner },
): Promise<Transfer> => {
  let name = ''
  try {
    return await transaction(db, async (tx) => {
      const before = await lockPipelineFor(tx, actor, input.pipeline, CHANGE_PIPELINE)
      name = before.name
      const team = await newTeamOf(tx, actor, before, input.newOwner)
      const after = await updatePipelineRow(tx, actor, before.id, {
        teamId: team.id,
        productionPromotion: 'admins',
        ephemeralAutoJoin: team.personalAccountId === null && team.ephemeralAutoJoin,
        ephemeralPermissions: ['view', 'deploy', 'operate'],
      })
      const removed = await removeOutsiders(tx, actor, after)
      for (const concerned of [before.teamId, team.id])
        await insertEvent(tx, actor, {
          resource: 'pipeline',
          resourceId: before.id,
          action: 'update',
          pipelineId: before.id,
          teamId: concerned,
          before: { ...settingsOf(before), removedCollaborators: removed },
          after: settingsOf(after),
        })
      return { before, after }
    })
  } catch (error) {
    throw isNameTaken(error) ? nameTaken(name) : error
  }
}

const newTeamOf = (tx: Db, actor: Actor, pipeline: Pipeline, owner: PipelineOwner): Promise<Team> =>
  pipeline.ownerAccountId === null
    ? toMember(tx, pipeline, owner)
    : toTeam(tx, actor, pipeline.ownerAccountId, owner)

const toMember = async (tx: Db, pipeline: Pipeline, owner: PipelineOwner): Promise<Team> => {
  if (owner.type === 'team')
    throw invalidParams(
      `${pipeline.name} belongs to the team ${pipeline.teamName}. It can be transferred to one of its members only.`,
    )
  const member = await lockTeamMember(tx, pipeline.teamId, owner.id)
  const team = await getTeam(tx, pipeline.teamId)
  if (!member || !mayHoldPipelines(member.role, team))
    throw invalidParams(`The new owner must be a member of the team ${pipeline.teamName}.`)
  return getPersonalTeamOf(tx, member.accountId)
}

const toTeam = async (
  tx: Db,
  actor: Actor,
  ownerAccountId: string,
  owner: PipelineOwner,
): Promise<Team> => {
  if (owner.type === 'user')
    throw invalidParams(
      'A personal pipeline can be transferred only to a team that its owner is a member of, never to a person.',
    )
  const team = await findTeam(tx, actor, owner.id)
  if (!team) throw notFound('team')
  const member = await lockTeamMember(tx, team.id, ownerAccountId)
  if (!member || !mayHoldPipelines(member.role, team))
    throw forbidden(`You may not give pipelines to the team ${team.name}.`)
  return team
}

/** Takes those added by hand off the list who cannot be on it under the new owner. Their e-mail addresses. */
const removeOutsiders = async (tx: Db, actor: Actor, pipeline: Pipeline): Promise<string[]> => {
  const listed = await listEphemeralCollaborators(tx, pipeline.id)
  const outsiders = []
  for (const one of listed) {
    const stays =
      pipeline.ownerAccountId === null
        ? await lockTeamMember(tx, pipeline.teamId, one.accountId)
        : one.accountId !== pipeline.ownerAccountId
    if (!stays) outsiders.push(one)
  }
  await deleteEphemeralCollaborators(
    tx,
    actor,
    outsiders.map(({ id }) => id),
  )
  return outsiders.map(({ email }) => email)
}

const settingsOf = (pipeline: Pipeline) => ({
  owner: ownerOf(pipeline),
  productionPromotion: pipeline.productionPromotion,
  ephemeralAutoJoin: pipeline.ephemeralAutoJoin,
  ephemeralPermissions: pipeline.ephemeralPermissions,
})
