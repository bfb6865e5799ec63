import { Type } from 'typebox'
import { derivedId } from '#/foundation/ids.ts'
import { strangerId } from '#/platform/account/account-schema.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { presentPermission } from '#/platform/team/team-schema.ts'
import type { Collaborator } from './collaborator.ts'

const Permissions = Type.Array(Type.String(), { maxItems: 20 })

export const AddCollaborator = Type.Object({
  user: Type.String({ minLength: 1, maxLength: 254 }),
  permissions: Type.Optional(Permissions),
  silent: Type.Optional(Type.Boolean()),
})

export const UpdateCollaborator = Type.Object({ permissions: Permissions })

export const presentCollaborator = (
  collaborator: Collaborator,
  { app, actor }: { app: { id: string; name: string }; actor: Actor },
) => ({
  app: { id: app.id, name: app.name },
  created_at: collaborator.createdAt,
  id: collaboratorId(collaborator, app),
  permissions: collaborator.permissions.map(presentPermission),
  role: collaborator.role ?? 'collaborator',
  updated_at: collaborator.updatedAt,
  user: { email: collaborator.email, federated: false, id: userId(collaborator, actor) },
})

export const collaboratorId = (
  { email }: Pick<Collaborator, 'email'>,
  app: { id: string },
): string => derivedId('collaborator', app.id, email.toLowerCase())

/** Of somebody outside of the team it is not told whether there is an account of that address. */
export const userId = (
  { accountId, role, email }: Pick<Collaborator, 'accountId' | 'role' | 'email'>,
  actor: Actor,
): string =>
  accountId !== null && (role !== null || accountId === actor.accountId)
    ? accountId
    : strangerId(email)
