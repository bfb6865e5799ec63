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
  maintenance: boolean
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
export type LogDrainJson = { id: string; url: string; token: string }
export type MetricPointJson = {
  at: string
  requests: number
  statuses: Record<'1xx' | '2xx' | '3xx' | '4xx' | '5xx', number>
  latency_ms: Record<'p50' | 'p95' | 'p99' | 'max', number | null>
  cpu_cores: number | null
  memory_bytes: { average: number; max: number } | null
  load: number | null
}
export type MetricsJson = {
  from: string
  to: string
  step: number
  process_types: { type: string; points: MetricPointJson[] }[]
}
export type AttachmentJson = { id: string; name: string; addon: { id: string; name: string } }
export type CouplingJson = {
  id: string
  stage: string
  app: { id: string }
  pipeline: { id: string; name: string }
  owned_elsewhere: boolean
  pipeline_stage: { id: string; name: string; position: number }
}
export type StageJson = { id: string; name: string; kind: string; position: number }
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
export type PipelineJson = {
  id: string
  name: string
  delete_at?: string | null
  owner: { id: string; type: 'user' | 'team' }
  production_promotion: 'admins' | 'deployers'
  ephemeral_apps: {
    collaborators_enabled: boolean
    collaborator_permissions: { name: string }[]
    permissions_fixed_by_team: boolean
  }
}
export type EphemeralCollaboratorJson = {
  id: string
  user: { id: string; email: string }
  permissions: { name: string }[]
}
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
export type DeployJson = {
  status: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled'
  started_at: string | null
  finished_at: string | null
  evidence: {
    served_by_old: number
    served_by_new: number
    drained: number
    failed: number
    longest_ms: number
    complete: boolean | null
  } | null
}
export type BuildJson = {
  id: string
  status: 'pending' | 'succeeded' | 'failed'
  output_stream_url: string
  release: { id: string } | null
}
export type FeatureJson = { name: string; description: string; enabled: boolean }
export type MarkJson = { key: string; mark: string; stage: { name: string } }
export type SlugJson = { id: string; checksum: string; commit: string | null; size: number }
export type PromotionRecordJson = {
  id: string
  number: number
  digest: string
  status: 'pending' | 'completed'
  all_or_nothing: boolean
  retry_of: { id: string } | null
  created_by: { email: string }
  created_at: string
  settled_at: string | null
  targets: {
    app: { id: string; name: string | null }
    release: { version: number }
    previous_release: { version: number } | null
    digest_before: string | null
    status: 'pending' | 'succeeded' | 'failed'
    error_message: string | null
    approvals: { email: string; at: string }[]
    freeze_override: string | null
    rollback: { release: { version: number } | null; note: string | null } | null
    steps: { name: string; finished_at: string | null; duration_ms: number | null }[]
    evidence: { served_by_old: number; served_by_new: number; failed: number } | null
  }[]
}
export type PolicyJson = {
  stage: { name: string }
  approvals: number
  approval_team: { id: string } | null
  approval_hours: number
  promoters: 'admins' | 'deployers' | null
  direct_deploys: boolean
  blocking_findings: string[]
  auto_rollback_minutes: number
  freeze: { now: FrozenJson | null; next: FrozenJson | null }
}
type SpanJson = { from: string; until: string }
export type FrozenJson = SpanJson & { time_zone: string; reason: string | null }
export type FreezeJson = {
  id: string
  stage: { name: string }
  kind: 'weekly' | 'range'
  starts: string
  ends: string
  time_zone: string
  reason: string | null
  now: SpanJson | null
}
export type ApprovalJson = {
  id: string
  app: { name: string }
  source: { app: { name: string | null }; release: { version: number } }
  digest: string
  state: 'waiting' | 'approved' | 'expired' | 'withdrawn' | 'refused'
  reason: string | null
  refusal: string | null
  needed: number
  approvals: { user: { email: string } }[]
  requested_by: { email: string }
  expires_at: string
}
export type WebhookJson = { id: string; url: string; events: string[] }
export type RollbackPlanJson = {
  from: { version: number } | null
  to: { version: number }
  code: {
    from_commit: string | null
    to_commit: string | null
    to_digest: string | null
    commits_back: number | null
    same: boolean
    kept: boolean
  } | null
  config: { added: string[]; removed: string[]; changed: string[] } | null
}
export type EventJson = {
  id: string
  created_at: string
  actor: { id: string | null; email: string }
  resource: string
  action: string
  result: 'success' | 'refused' | 'failed'
  before: unknown
  after: unknown
}
export type VerificationJson = {
  intact: boolean
  hours: number
  events: number
  dropped_hours: number
  unsealed_events: number
  head: string | null
  problems: { message: string }[]
  more_problems: boolean
}
export type MasterKeyJson = {
  id: string
  file: string
  previous: { id: string }[]
  remaining_data_keys: number
}
export type DeployTokenJson = {
  id: string
  description: string
  token: string
  user: { email: string }
  last_used_at: string | null
  expires_at: string
}
export type DomainJson = {
  id: string
  hostname: string
  kind: string
  cname: string | null
  sni_endpoint: { name: string } | null
}
export type CertificateJson = {
  name: string
  domains: string[]
  ssl_cert: {
    cert_domains: string[]
    expires_at: string
    issuer: string
    starts_at: string
    subject: string
    'ca_signed?': boolean
  }
}
export type AppFeatureJson = { name: string; enabled: boolean; description: string }
export type TrafficJson = {
  https_only: boolean
  request_limit: number | null
  drain_seconds: number | null
  protected: boolean
}
export type PreferencesJson = { member_permissions: { name: string }[]; auto_join: boolean }
/** The whole token only when it has just been made. */
export type AuthorizationJson = {
  id: string
  description: string
  scope: string[]
  client: { name: string; redirect_uri: string } | null
  access_token: { token: string; expires_in: number | null }
  updated_at: string
}
export type OauthClientJson = { id: string; name: string; redirect_uri: string; secret: string }
