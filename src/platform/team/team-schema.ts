import { Type, type Static } from 'typebox'
import { strangerId } from '#/platform/account/account-schema.ts'
import type { Invitation } from './invitation.ts'
import {
  memberId,
  PERMISSIONS,
  permissionSetOf,
  type Permission,
  type Role,
  type Team,
} from './team.ts'
import type { TeamMember } from './team-store.ts'

/** Heroku also takes an address and a credit card here; nothing is asked for them. */
export const CreateTeam = Type.Object({ name: Type.String() })

export const UpdateTeam = Type.Object({
  name: Type.Optional(Type.String()),
  default: Type.Optional(Type.Boolean()),
})

/** Sent as bare names, and sent back as they were read: `{name}`. */
export const Permissions = Type.Array(
  Type.Union([Type.String(), Type.Object({ name: Type.String() })]),
  { maxItems: 20 },
)

export const permissionsOf = (permissions: Static<typeof Permissions>): Permission[] =>
  permissionSetOf(permissions.map((one) => (typeof one === 'string' ? one : one.name)))

export const presentSet = (permissions: readonly Permission[]) =>
  permissions.map((name) => ({ name }))

/** Heroku's has only the first. */
export const UpdatePreferences = Type.Object({
  'addons-controls': Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
  member_permissions: Type.Optional(Permissions),
  auto_join: Type.Optional(Type.Boolean()),
})

/** Nobody becomes a member without somebody saying in which role, and no add-on is held back. */
export const presentPreferences = ({ memberPermissions, ephemeralAutoJoin }: Team) => ({
  'default-permission': null,
  'addons-controls': false,
  member_permissions: presentSet(memberPermissions),
  auto_join: ephemeralAutoJoin,
})

export const MemberRole = Type.Object({
  email: Type.String({ minLength: 1, maxLength: 254 }),
  role: Type.Union([Type.String(), Type.Null()]),
  federated: Type.Optional(Type.Boolean()),
})

export const presentTeam = (team: Team & { role: Role }) => ({
  id: team.id,
  created_at: team.createdAt,
  credit_card_collections: false,
  default: false,
  enterprise_account: null,
  identity_provider: null,
  membership_limit: null,
  name: team.name,
  pipeline_cost_consent_at: null,
  pipeline_cost_consent_user_email: null,
  provisioned_licenses: false,
  role: team.role,
  type: 'team',
  updated_at: team.updatedAt,
})

export const presentTeamMember = (member: TeamMember) => ({
  id: memberId(member),
  created_at: member.createdAt,
  email: member.email,
  federated: false,
  identity_provider: null,
  role: member.role,
  two_factor_authentication: false,
  updated_at: member.updatedAt,
  user: { id: member.accountId, email: member.email, name: member.name },
})

export const presentInvitation = (invitation: Invitation) => ({
  id: invitation.id,
  created_at: invitation.createdAt,
  expires_at: invitation.expiresAt,
  invited_by: invitation.invitedBy,
  role: invitation.role,
  team: { id: invitation.teamId, name: invitation.teamName },
  updated_at: invitation.updatedAt,
  user: { id: strangerId(invitation.email), email: invitation.email, name: null },
})

export const PERMISSION_WORDS: Record<Permission, string> = {
  view: 'See the app, its activity, releases and processes.',
  deploy:
    'Push code, release, promote, roll back, change config vars and add-ons, and run one-off dynos.',
  operate:
    'Scale, restart, read logs, change config vars, add-ons, domains and maintenance mode, roll back and run one-off dynos.',
  manage: 'Rename, transfer and delete the app, and say who has access to it.',
}

export const presentPermission = (name: Permission) => ({
  name,
  description: PERMISSION_WORDS[name],
})

export const presentPermissions = () => PERMISSIONS.map(presentPermission)
