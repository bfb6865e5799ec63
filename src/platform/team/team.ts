export type Role = 'owner' | 'admin' | 'member' | 'collaborator' | 'viewer'
export type Permission = 'view' | 'deploy' | 'operate' | 'manage'

/** What a role may do on its team's apps and pipelines. */
export const ROLE_PERMISSIONS = {
  owner: ['view', 'deploy', 'operate', 'manage'],
  admin: ['view', 'deploy', 'operate', 'manage'],
  member: ['view', 'deploy', 'operate'],
  viewer: ['view'],
  collaborator: [],
} satisfies Record<Role, Permission[]>

export const rolesWith = (permission: Permission): Role[] =>
  (Object.keys(ROLE_PERMISSIONS) as Role[]).filter((role) =>
    (ROLE_PERMISSIONS[role] as Permission[]).includes(permission),
  )

export type Team = {
  id: string
  name: string
  personalAccountId: string | null
  createdAt: Date
  updatedAt: Date
}
