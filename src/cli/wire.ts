/** What the API answers, as far as the CLI reads it. Field names are Heroku's. */
export type AppJson = {
  id: string
  name: string
  web_url: string
  git_url: string
  stack: { name: string }
  owner: { email: string } | null
  team: { name: string } | null
  locked: boolean
}
export type CollaboratorJson = {
  role: string | null
  user: { email: string }
  permissions: { name: string }[]
}
export type MemberJson = { email: string; role: string }
export type InvitationJson = {
  role: string
  user: { email: string }
  team: { name: string }
  /** Where the platform sends no mail, once. */
  accept_url?: string
}
export type TeamJson = { name: string; role: string }
export type TransferJson = {
  id: string
  state: string
  app: { name: string }
  owner: { email: string }
  recipient: { email: string }
}
export type AddOnJson = {
  id: string
  name: string
  state: string
  plan: { name: string }
  config_vars: string[]
}
export type AttachmentJson = { id: string; name: string; addon: { id: string; name: string } }
export type CouplingJson = {
  id: string
  stage: string
  app: { id: string }
  pipeline: { id: string; name: string }
}
export type DynoJson = {
  id: string
  name: string
  type: string
  state: string
  size: string
  command: string
  reason: string | null
  updated_at: string
}
export type FormationJson = { type: string; quantity: number; size: string }
export type PipelineJson = { id: string; name: string; delete_at?: string | null }
export type ReleaseJson = {
  id: string
  version: number
  description: string
  status: 'pending' | 'succeeded' | 'failed'
  failure_reason: string | null
  current: boolean
  created_at: string
  user: { email: string }
  slug: { id: string } | null
  addon_plan_names: string[]
  output_stream_url: string | null
  eligible_for_rollback: boolean
}
export type SlugJson = { id: string; checksum: string; commit: string | null; size: number }
export type PromotionTargetJson = {
  app: { id: string }
  status: 'pending' | 'succeeded' | 'failed'
  error_message: string | null
}
export type DeployTokenJson = {
  id: string
  description: string
  token: string
  user: { email: string }
  last_used_at: string | null
  expires_at: string
}
