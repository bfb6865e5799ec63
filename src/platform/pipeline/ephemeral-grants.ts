import type { Db } from '#/foundation/db.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { listTeamMembers, type TeamMember } from '#/platform/team/team-store.ts'
import { rolesWith, type Permission } from '#/platform/team/team.ts'
import { allowsOnEphemeral, type EphemeralAction } from './ephemeral-permissions.ts'
import { listEphemeralCollaborators } from './ephemeral-store.ts'
import { autoJoinPermissions, type EphemeralGrant } from './ephemeral.ts'
import { mayChangePipeline, sharePipeline } from './pipeline-store.ts'
import { CHANGE_PIPELINE, type Pipeline } from './pipeline.ts'

/**
 * Who is to get which permissions on a new review or test app of the pipeline; later changes of the lists leave that
 * app alone. Not among them: the pipeline's owner and its team's admins, who have every permission by their role.
 */
export const ephemeralGrants = async (
  tx: Db,
  actor: Actor,
  pipelineId: string,
): Promise<EphemeralGrant[]> => grantsOf(tx, actor, await sharePipeline(tx, actor, pipelineId))

/** Whether the lists as they are now let the actor do this with the pipeline's review and test apps. */
export const mayOnEphemeral = async (
  db: Db,
  actor: Actor,
  pipeline: Pipeline,
  action: EphemeralAction,
): Promise<boolean> => {
  if (await mayChangePipeline(db, actor, pipeline.id)) return true
  const grants = await grantsOf(db, actor, pipeline)
  const own = grants.find(({ accountId }) => accountId === actor.accountId)
  return own !== undefined && allowsOnEphemeral(own.permissions, action)
}

const grantsOf = async (db: Db, actor: Actor, pipeline: Pipeline): Promise<EphemeralGrant[]> => {
  const members = await listTeamMembers(db, actor, pipeline.teamId)
  const everything = members.filter(({ role }) => rolesWith(CHANGE_PIPELINE).includes(role))
  const grants = new Map<string, EphemeralGrant>()
  if (pipeline.ephemeralAutoJoin)
    for (const member of members.filter(({ role }) => role === 'member'))
      grants.set(member.accountId, grantTo(member, autoJoinPermissions(pipeline)))
  for (const one of await listEphemeralCollaborators(db, pipeline.id))
    grants.set(one.accountId, grantTo(one, one.permissions))
  for (const { accountId } of everything) grants.delete(accountId)
  return [...grants.values()]
}

const grantTo = (
  { accountId, email }: Pick<TeamMember, 'accountId' | 'email'>,
  permissions: Permission[],
): EphemeralGrant => ({ accountId, email, permissions })
