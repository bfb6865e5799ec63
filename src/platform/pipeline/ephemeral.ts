import type { Permission } from '#/platform/team/team.ts'
import type { Pipeline } from './pipeline.ts'

/** Somebody added by hand to those who get permissions on a pipeline's new review and test apps. */
export type EphemeralCollaborator = {
  id: string
  pipelineId: string
  pipelineName: string
  teamId: string
  accountId: string
  email: string
  permissions: Permission[]
  createdAt: Date
  updatedAt: Date
}

export type EphemeralGrant = Pick<EphemeralCollaborator, 'accountId' | 'email' | 'permissions'>

/** What auto-join gives: the team's set if it has fixed one, else the pipeline's own. */
export const autoJoinPermissions = ({
  ephemeralPermissions,
  teamEphemeralPermissions,
}: Pick<Pipeline, 'ephemeralPermissions' | 'teamEphemeralPermissions'>): Permission[] =>
  teamEphemeralPermissions ?? ephemeralPermissions
