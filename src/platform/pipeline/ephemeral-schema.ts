import { Type, type Static } from 'typebox'
import { invalidParams } from '#/foundation/errors.ts'
import { Reference } from '#/platform/app/reference.ts'
import { Permissions, permissionsOf, presentSet } from '#/platform/team/team-schema.ts'
import type { Permission } from '#/platform/team/team.ts'
import { autoJoinPermissions, type EphemeralCollaborator } from './ephemeral.ts'
import type { PipelineSettings } from './pipeline-settings.ts'
import type { Pipeline } from './pipeline.ts'

/** Whether members join new review and test apps by themselves: two names for one thing, as Heroku's clients send both. */
export const EphemeralApps = Type.Object({
  collaborators_enabled: Type.Optional(Type.Boolean()),
  collaborator_synchronization: Type.Optional(Type.Boolean()),
  collaborator_permissions: Type.Optional(Permissions),
})

/** @throws 422 in words */
export const ephemeralSettingsOf = ({
  collaborators_enabled: enabled,
  collaborator_synchronization: synchronized,
  collaborator_permissions: permissions,
}: Static<typeof EphemeralApps>): PipelineSettings => {
  if (enabled !== undefined && synchronized !== undefined && enabled !== synchronized)
    throw invalidParams(
      'collaborators_enabled and collaborator_synchronization are one setting here: whether members join new review and test apps by themselves. Give both the same value, or only one of them.',
    )
  const autoJoin = enabled ?? synchronized
  return {
    ...(autoJoin === undefined ? {} : { ephemeralAutoJoin: autoJoin }),
    ...(permissions === undefined ? {} : { ephemeralPermissions: permissionsOf(permissions) }),
  }
}

export const presentEphemeralApps = (pipeline: Pipeline) => ({
  collaborators_enabled: pipeline.ephemeralAutoJoin,
  collaborator_synchronization: pipeline.ephemeralAutoJoin,
  collaborator_permissions:
    pipeline.ownerAccountId === null ? presentSet(autoJoinPermissions(pipeline)) : [],
  permissions_fixed_by_team: pipeline.teamEphemeralPermissions !== null,
})

export const CreateEphemeralCollaborator = Type.Object({
  pipeline: Reference,
  user: Type.Union([
    Type.String(),
    Type.Object({ id: Type.Optional(Type.String()), email: Type.Optional(Type.String()) }),
  ]),
  permissions: Permissions,
})

export const UpdateEphemeralCollaborator = Type.Object({ permissions: Permissions })

export const userOf = (user: Static<typeof CreateEphemeralCollaborator>['user']): string =>
  typeof user === 'string' ? user : (user.id ?? user.email ?? '')

export const presentEphemeralCollaborator = (one: EphemeralCollaborator) => ({
  id: one.id,
  pipeline: { id: one.pipelineId, name: one.pipelineName },
  user: { id: one.accountId, email: one.email },
  permissions: presentSet(one.permissions),
  created_at: one.createdAt,
  updated_at: one.updatedAt,
})

/** Null: each pipeline of the team has its own set. */
export const UpdateTeamEphemeralApps = Type.Object({
  static_permissions: Type.Union([Permissions, Type.Null()]),
})

export const presentTeamEphemeralApps = (permissions: Permission[] | null) => ({
  static_permissions: permissions && presentSet(permissions),
})
