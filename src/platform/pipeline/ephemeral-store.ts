import { sql } from 'kysely'
import type { Db } from '#/foundation/db.ts'
import { forbidden, notFound } from '#/foundation/errors.ts'
import { isId } from '#/foundation/ids.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Permission } from '#/platform/team/team.ts'
import { getPipeline, mayChangePipeline } from './pipeline-store.ts'
import type { EphemeralCollaborator } from './ephemeral.ts'

const collaborators = (db: Db) =>
  db
    .selectFrom('ephemeralAppCollaborators')
    .innerJoin('accounts', 'accounts.id', 'ephemeralAppCollaborators.accountId')
    .innerJoin('pipelines', 'pipelines.id', 'ephemeralAppCollaborators.pipelineId')
    .select([
      'ephemeralAppCollaborators.id',
      'ephemeralAppCollaborators.pipelineId',
      'pipelines.name as pipelineName',
      'pipelines.teamId',
      'ephemeralAppCollaborators.accountId',
      'accounts.email',
      'ephemeralAppCollaborators.permissions',
      'ephemeralAppCollaborators.createdAt',
      'ephemeralAppCollaborators.updatedAt',
    ])

export const listEphemeralCollaborators = (
  db: Db,
  pipelineId: string,
): Promise<EphemeralCollaborator[]> =>
  collaborators(db)
    .where('ephemeralAppCollaborators.pipelineId', '=', pipelineId)
    .orderBy('accounts.email')
    .execute()

/** For whoever may change the pipeline; to who does not see that, it is not there. */
export const getEphemeralCollaborator = async (
  db: Db,
  actor: Actor,
  id: string,
): Promise<EphemeralCollaborator> => {
  const found = isId(id)
    ? await collaborators(db).where('ephemeralAppCollaborators.id', '=', id).executeTakeFirst()
    : undefined
  if (!found) throw notFound('ephemeral_app_collaborator')
  await getPipeline(db, actor, found.pipelineId, 'view').catch(() => {
    throw notFound('ephemeral_app_collaborator')
  })
  if (!(await mayChangePipeline(db, actor, found.pipelineId)))
    throw forbidden(`You do not have access to the pipeline ${found.pipelineName}.`)
  return found
}

/** @throws a violation of `ephemeral_app_collaborators_account_key` if the account is on the list already. */
export const insertEphemeralCollaborator = async (
  tx: Db,
  _actor: Actor,
  input: { pipelineId: string; accountId: string; permissions: Permission[] },
): Promise<EphemeralCollaborator> => {
  const { id } = await tx
    .insertInto('ephemeralAppCollaborators')
    .values(input)
    .returning('id')
    .executeTakeFirstOrThrow()
  return collaborators(tx).where('ephemeralAppCollaborators.id', '=', id).executeTakeFirstOrThrow()
}

export const updateEphemeralCollaborator = async (
  tx: Db,
  _actor: Actor,
  id: string,
  permissions: Permission[],
): Promise<EphemeralCollaborator> => {
  await tx
    .updateTable('ephemeralAppCollaborators')
    .set({ permissions, updatedAt: sql<Date>`now()` })
    .where('id', '=', id)
    .execute()
  return collaborators(tx).where('ephemeralAppCollaborators.id', '=', id).executeTakeFirstOrThrow()
}

export const deleteEphemeralCollaborators = async (
  tx: Db,
  _actor: Actor,
  ids: string[],
): Promise<void> => {
  if (ids.length > 0)
    await tx.deleteFrom('ephemeralAppCollaborators').where('id', 'in', ids).execute()
}

/** A team's set for all its pipelines; null: each has its own. */
export const findTeamEphemeralPermissions = async (
  db: Db,
  _actor: Actor,
  teamId: string,
): Promise<Permission[] | null> => (await ofTeam(db, teamId).executeTakeFirstOrThrow()).set

/** As `findTeamEphemeralPermissions`, and nobody else changes it until the transaction ends. */
export const lockTeamEphemeralPermissions = async (
  tx: Db,
  _actor: Actor,
  teamId: string,
): Promise<Permission[] | null> =>
  (await ofTeam(tx, teamId).forNoKeyUpdate().executeTakeFirstOrThrow()).set

const ofTeam = (db: Db, teamId: string) =>
  db.selectFrom('teams').select('ephemeralPermissions as set').where('id', '=', teamId)

export const setTeamEphemeralPermissions = async (
  tx: Db,
  _actor: Actor,
  teamId: string,
  permissions: Permission[] | null,
): Promise<void> => {
  await tx
    .updateTable('teams')
    .set({ ephemeralPermissions: permissions, updatedAt: sql<Date>`now()` })
    .where('id', '=', teamId)
    .execute()
}
