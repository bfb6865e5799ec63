import { forbidden } from '#/foundation/errors.ts'
import type { Access, ScopedAccess } from '#/platform/route.ts'
import { onTeam } from '#/platform/team/team-access.ts'
import { rolesWith, type Permission, type Role, type Team } from '#/platform/team/team.ts'
import { getCoupling } from './coupling-store.ts'
import { getEphemeralCollaborator } from './ephemeral-store.ts'
import type { EphemeralCollaborator } from './ephemeral.ts'
import { getPipeline } from './pipeline-store.ts'
import { CHANGE_PIPELINE, type Coupling, type Pipeline, type Stage } from './pipeline.ts'
import { getStage } from './stage-store.ts'

/** For routes below `/pipelines/:pipeline`, by id or name. */
export const onPipeline = (permission: Permission): ScopedAccess<Pipeline> => ({
  name: `pipeline:${permission}`,
  reach: 'apps',
  find: ({ platform, actor, params }) =>
    getPipeline(platform.db, actor, params['pipeline'] ?? '', permission),
})

/** For routes below `/pipelines/:pipeline/stages/:stage`, by id or name. */
export const onStage = (permission: Permission): ScopedAccess<Stage> => ({
  name: `pipeline:${permission}`,
  reach: 'apps',
  find: async ({ platform, actor, params }) => {
    const pipeline = await getPipeline(platform.db, actor, params['pipeline'] ?? '', permission)
    return getStage(platform.db, pipeline.id, params['stage'] ?? '')
  },
})

/** For routes below `/pipeline-couplings/:coupling`. */
export const onCoupling = (permission: 'view' | 'deploy'): ScopedAccess<Coupling> => ({
  name: `pipeline-coupling:${permission}`,
  reach: 'apps',
  find: ({ platform, actor, params }) =>
    getCoupling(platform.db, actor, params['coupling'] ?? '', permission),
})

/** For routes below `/ephemeral-app-collaborators/:collaborator`. */
export const onEphemeralCollaborator: Access<EphemeralCollaborator> = {
  name: `pipeline:${CHANGE_PIPELINE}`,
  find: ({ platform, actor, params }) =>
    getEphemeralCollaborator(platform.db, actor, params['collaborator'] ?? ''),
}

/** For what a team decides for all its pipelines. */
export const onTeamAsAdmin: Access<Team & { role: Role }> = {
  name: `team:${CHANGE_PIPELINE}`,
  find: async (lookup) => {
    const team = await onTeam.find(lookup)
    if (!rolesWith(CHANGE_PIPELINE).includes(team.role))
      throw forbidden(`Only admins of the team ${team.name} decide this for its pipelines.`)
    return team
  },
}
