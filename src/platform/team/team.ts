import { invalidParams } from '#/foundation/errors.ts'
import { derivedId } from '#/foundation/ids.ts'
import { listOf, TEAM_ROLES, type Needed } from './permission-table.ts'

/** From the most to the least. */
export const ROLES = ['owner', 'admin', 'member', 'viewer', 'collaborator'] as const
export type Role = (typeof ROLES)[number]

export const PERMISSIONS = ['view', 'deploy', 'operate', 'manage'] as const
export type Permission = (typeof PERMISSIONS)[number]
const isPermission = (text: string): text is Permission =>
  PERMISSIONS.some((permission) => permission === text)

/** As a set is kept: in order, each once, and always with `view`. @throws 422 in words */
export const permissionSetOf = (names: readonly string[]): Permission[] => {
  const unknown = names.find((name) => !isPermission(name))
  if (unknown !== undefined)
    throw invalidParams(
      `There is no permission '${unknown.slice(0, 40)}'. Choose from ${PERMISSIONS.join(', ')}.`,
    )
  return PERMISSIONS.filter((permission) => permission === 'view' || names.includes(permission))
}

/** What a role may do on its team's apps and pipelines; a member as long as the team does not say otherwise. */
export const ROLE_PERMISSIONS = {
  owner: ['view', 'deploy', 'operate', 'manage'],
  admin: ['view', 'deploy', 'operate', 'manage'],
  member: ['view', 'deploy', 'operate'],
  viewer: ['view'],
  collaborator: [],
} satisfies Record<Role, Permission[]>

/** Roles that give one of the permissions. */
export const rolesWith = (needed: Needed): Role[] =>
  ROLES.filter((role) =>
    listOf(needed).some((permission) =>
      (ROLE_PERMISSIONS[role] as Permission[]).includes(permission),
    ),
  )

export const isRole = (text: string): text is Role => ROLES.some((role) => role === text)

/** Those who run a team. Every team has an owner. */
export const RUNNING_ROLES: readonly Role[] = TEAM_ROLES.run

/** What counts on a locked app: its team's members need a grant there. */
export const rolesOnLocked = (needed: Needed): Role[] =>
  rolesWith(needed).filter((role) => RUNNING_ROLES.includes(role))

/** What a role gives in a team that says for itself what members may. */
export const permissionsOfRole = (
  role: Role,
  { memberPermissions }: Pick<Team, 'memberPermissions'>,
): readonly Permission[] => (role === 'member' ? memberPermissions : ROLE_PERMISSIONS[role])

export type Team = {
  id: string
  name: string
  personalAccountId: string | null
  /** What its members may do on its unlocked apps and its pipelines; never `manage`. */
  memberPermissions: Permission[]
  /** Whether members join the review and test apps of a new pipeline by themselves. */
  ephemeralAutoJoin: boolean
  createdAt: Date
  updatedAt: Date
}

export const mayCreateApps = (role: Role): boolean =>
  (TEAM_ROLES.createApps as readonly Role[]).includes(role)

export const TEAM_NAME_RULE =
  'Name must start with a letter, end with a letter or digit and can only contain lowercase letters, digits, and dashes, 3 to 30 characters in all.'

/** Words of the API's own paths below `/teams`, and the names of personal teams. */
const RESERVED = /^(apps|permissions|invitations|spaces|personal-.*)$/

export const isValidTeamName = (name: string): boolean =>
  /^[a-z][a-z0-9-]{1,28}[a-z0-9]$/.test(name) && !RESERVED.test(name)

/** The id that the wire gives a membership. */
export const memberId = ({ teamId, accountId }: { teamId: string; accountId: string }): string =>
  derivedId('team-member', teamId, accountId)
