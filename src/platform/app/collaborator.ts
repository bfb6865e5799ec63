import { invalidParams } from '#/foundation/errors.ts'
import {
  PERMISSIONS,
  permissionSetOf,
  permissionsOfRole,
  RUNNING_ROLES,
  type Permission,
  type Role,
  type Team,
} from '#/platform/team/team.ts'
import type { App } from './app.ts'

/** What somebody was granted on an app, whether or not there is an account of that address yet. */
export type Grant = {
  id: string
  appId: string
  email: string
  accountId: string | null
  permissions: Permission[]
  createdAt: Date
  updatedAt: Date
}

/** Somebody with access to an app: by their role in its team, by a grant, or by both. */
export type Collaborator = {
  accountId: string | null
  email: string
  role: Role | null
  permissions: Permission[]
  grant: Grant | null
  createdAt: Date
  updatedAt: Date
}

/** What a role alone gives on an app. */
export const permissionsByRole = (
  role: Role,
  team: Pick<Team, 'memberPermissions'>,
  { locked }: Pick<App, 'locked'>,
): readonly Permission[] =>
  locked && !RUNNING_ROLES.includes(role) ? [] : permissionsOfRole(role, team)

export const inOrder = (permissions: Iterable<Permission>): Permission[] => {
  const set = new Set(permissions)
  return PERMISSIONS.filter((permission) => set.has(permission))
}

/** A person's own app is theirs alone to rename, transfer and destroy. */
export const ON_PERSONAL_APPS: readonly Permission[] = ['view', 'deploy', 'operate']

/** @throws 422 in words; `view` is always part of it */
export const readPermissions = (
  asked: readonly string[],
  { isPersonal }: { isPersonal: boolean },
): Permission[] => {
  const permissions = permissionSetOf(asked)
  if (isPersonal && permissions.includes('manage'))
    throw invalidParams(
      'Only its owner manages a personal app. Transfer it to a team to share that.',
    )
  return permissions
}
