import { transaction, type Db } from '#/foundation/db.ts'
import { invalidParams, notFound, violates } from '#/foundation/errors.ts'
import { findVisibleAccount } from '#/platform/account/account-store.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { lockTeamMember } from '#/platform/team/team-store.ts'
import type { Permission } from '#/platform/team/team.ts'
import {
  deleteEphemeralCollaborators,
  getEphemeralCollaborator,
  insertEphemeralCollaborator,
  updateEphemeralCollaborator,
} from './ephemeral-store.ts'
import type { EphemeralCollaborator } from './ephemeral.ts'
import { lockPipelineFor } from './pipeline-store.ts'
import { CHANGE_PIPELINE, type Pipeline } from './pipeline.ts'

type Needs = Pick<Platform, 'db'>

/** Adds somebody to those who get permissions on new review and test apps: in a team's pipeline one of the team. */
export const addEphemeralCollaborator = async (
  { db }: Needs,
  actor: Actor,
  input: { pipeline: string; user: string; permissions: Permission[] },
): Promise<EphemeralCollaborator> => {
  try {
    return await transaction(db, async (tx) => {
      const pipeline = await lockPipelineFor(tx, actor, input.pipeline, CHANGE_PIPELINE)
      const added = await insertEphemeralCollaborator(tx, actor, {
        pipelineId: pipeline.id,
        accountId: await accountToAdd(tx, actor, pipeline, input.user),
        permissions: input.permissions,
      })
      await insertChange(tx, actor, added, {
        action: 'create',
        after: { email: added.email, permissions: added.permissions },
      })
      return added
    })
  } catch (error) {
    throw violates(error, 'ephemeral_app_collaborators_account_key')
      ? invalidParams(`${input.user} is on the list already. Change the permissions there.`)
      : error
  }
}

const accountToAdd = async (
  tx: Db,
  actor: Actor,
  pipeline: Pipeline,
  user: string,
): Promise<string> => {
  const account = await findVisibleAccount(tx, actor, user)
  if (!account) throw notFound('user')
  if (account.id === pipeline.ownerAccountId)
    throw invalidParams('The owner of a pipeline has every permission on its apps already.')
  const isOutside =
    pipeline.ownerAccountId === null && !(await lockTeamMember(tx, pipeline.teamId, account.id))
  if (isOutside)
    throw invalidParams(
      `${account.email} is not in the team ${pipeline.teamName}. Add them to the team first.`,
    )
  return account.id
}

export const changeEphemeralCollaborator = (
  { db }: Needs,
  actor: Actor,
  { id, pipelineId }: Pick<EphemeralCollaborator, 'id' | 'pipelineId'>,
  permissions: Permission[],
): Promise<EphemeralCollaborator> =>
  transaction(db, async (tx) => {
    await lockPipelineFor(tx, actor, pipelineId, CHANGE_PIPELINE)
    const before = await getEphemeralCollaborator(tx, actor, id)
    const after = await updateEphemeralCollaborator(tx, actor, id, permissions)
    await insertChange(tx, actor, before, {
      action: 'update',
      before: { email: before.email, permissions: before.permissions },
      after: { email: after.email, permissions },
    })
    return after
  })

export const removeEphemeralCollaborator = (
  { db }: Needs,
  actor: Actor,
  { id, pipelineId }: Pick<EphemeralCollaborator, 'id' | 'pipelineId'>,
): Promise<EphemeralCollaborator> =>
  transaction(db, async (tx) => {
    await lockPipelineFor(tx, actor, pipelineId, CHANGE_PIPELINE)
    const before = await getEphemeralCollaborator(tx, actor, id)
    await deleteEphemeralCollaborators(tx, actor, [id])
    await insertChange(tx, actor, before, {
      action: 'destroy',
      before: { email: before.email, permissions: before.permissions },
    })
    return before
  })

const insertChange = (
  tx: Db,
  actor: Actor,
  { id, pipelineId, teamId }: EphemeralCollaborator,
  change: { action: 'create' | 'update' | 'destroy'; before?: unknown; after?: unknown },
): Promise<void> =>
  insertEvent(tx, actor, {
    resource: 'ephemeral-app-collaborator',
    resourceId: id,
    pipelineId,
    teamId,
    ...change,
  })
