import { Type } from 'typebox'
import { derivedId } from '#/foundation/ids.ts'
import { isPermission, ROLE_PERMISSIONS, type Permission, type Role, type Team } from './team.ts'
import type { TeamMember } from './team-store.ts'

/** Heroku also takes an address and a credit card here; nothing is asked for them. */
export const CreateTeam = Type.Object({ name: Type.String() })

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
  id: derivedId('team-member', member.teamId, member.accountId),
  created_at: member.createdAt,
  email: member.email,
  federated: false,
  identity_provider: null,
  role: member.role,
  two_factor_authentication: false,
  updated_at: member.updatedAt,
  user: { id: member.accountId, email: member.email, name: member.name },
})

const DESCRIPTIONS: Record<Permission, string> = {
  view: 'See the app, its activity, releases and processes.',
  deploy: 'Push code, release, roll back, change config vars and run one-off dynos.',
  operate: 'Scale, restart, read logs, change add-ons, domains and maintenance mode.',
  manage: 'Rename, transfer and delete the app, and say who has access to it.',
}

const presentPermission = (name: Permission) => ({ name, description: DESCRIPTIONS[name] })

export const presentPermissions = () =>
  Object.keys(DESCRIPTIONS).filter(isPermission).map(presentPermission)

/** A member of an app's team as one of the app's collaborators. */
export const presentCollaborator = (
  member: TeamMember,
  { app }: { app: { id: string; name: string } },
) => ({
  app: { id: app.id, name: app.name },
  created_at: member.createdAt,
  id: derivedId('collaborator', app.id, member.accountId),
  permissions: ROLE_PERMISSIONS[member.role].map(presentPermission),
  role: member.role,
  updated_at: member.updatedAt,
  user: { email: member.email, federated: false, id: member.accountId },
})
