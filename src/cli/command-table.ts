import type { Command } from '@oclif/core'

/**
 * Every command there is, by the name one types. A new command is a class in `commands/<topic>/<verb>.ts` and a row
 * here; its module is loaded only when it runs or when help lists it. Topics are described in package.json.
 */
export const commandTable: Record<string, () => Promise<Command.Class>> = {
  up: async () => (await import('./commands/up.ts')).Up,
  down: async () => (await import('./commands/down.ts')).Down,
  restart: async () => (await import('./commands/restart.ts')).Restart,
  status: async () => (await import('./commands/status.ts')).Status,
  env: async () => (await import('./commands/env.ts')).Env,
  doctor: async () => (await import('./commands/doctor.ts')).Doctor,
  heroku: async () => (await import('./commands/heroku.ts')).Heroku,
  version: async () => (await import('./commands/version.ts')).Version,

  login: async () => (await import('./commands/login.ts')).Login,
  logout: async () => (await import('./commands/logout.ts')).Logout,
  'accounts:reset': async () => (await import('./commands/accounts/reset.ts')).AccountsReset,
  access: async () => (await import('./commands/access/list.ts')).AccessList,
  'access:add': async () => (await import('./commands/access/add.ts')).AccessAdd,
  'access:remove': async () => (await import('./commands/access/remove.ts')).AccessRemove,
  'access:update': async () => (await import('./commands/access/update.ts')).AccessUpdate,

  apps: async () => (await import('./commands/apps/list.ts')).AppsList,
  'apps:create': async () => (await import('./commands/apps/create.ts')).AppsCreate,
  'apps:destroy': async () => (await import('./commands/apps/destroy.ts')).AppsDestroy,
  'apps:info': async () => (await import('./commands/apps/info.ts')).AppsInfo,
  'apps:join': async () => (await import('./commands/apps/join.ts')).AppsJoin,
  'apps:leave': async () => (await import('./commands/apps/leave.ts')).AppsLeave,
  'apps:lock': async () => (await import('./commands/apps/lock.ts')).AppsLock,
  'apps:protect': async () => (await import('./commands/apps/protect.ts')).AppsProtect,
  'apps:transfer': async () => (await import('./commands/apps/transfer.ts')).AppsTransfer,
  'apps:transfers': async () => (await import('./commands/apps/transfers.ts')).AppsTransfers,
  'apps:unlock': async () => (await import('./commands/apps/unlock.ts')).AppsUnlock,
  'apps:unprotect': async () => (await import('./commands/apps/unprotect.ts')).AppsUnprotect,

  addons: async () => (await import('./commands/addons/list.ts')).AddonsList,
  'addons:create': async () => (await import('./commands/addons/create.ts')).AddonsCreate,
  'addons:destroy': async () => (await import('./commands/addons/destroy.ts')).AddonsDestroy,

  'auth:2fa': async () => (await import('./commands/auth/2fa/status.ts')).Auth2fa,
  'auth:2fa:disable': async () => (await import('./commands/auth/2fa/disable.ts')).Auth2faDisable,
  'auth:2fa:enable': async () => (await import('./commands/auth/2fa/enable.ts')).Auth2faEnable,
  'auth:2fa:generate-recovery-codes': async () =>
    (await import('./commands/auth/2fa/generate-recovery-codes.ts')).Auth2faGenerateRecoveryCodes,
  audit: async () => (await import('./commands/audit/list.ts')).AuditList,
  'audit:verify': async () => (await import('./commands/audit/verify.ts')).AuditVerify,

  'auth:token': async () => (await import('./commands/auth/token.ts')).AuthToken,
  'auth:whoami': async () => (await import('./commands/auth/whoami.ts')).AuthWhoami,

  authorizations: async () =>
    (await import('./commands/authorizations/list.ts')).AuthorizationsList,
  'authorizations:create': async () =>
    (await import('./commands/authorizations/create.ts')).AuthorizationsCreate,
  'authorizations:info': async () =>
    (await import('./commands/authorizations/info.ts')).AuthorizationsInfo,
  'authorizations:revoke': async () =>
    (await import('./commands/authorizations/revoke.ts')).AuthorizationsRevoke,
  'authorizations:rotate': async () =>
    (await import('./commands/authorizations/rotate.ts')).AuthorizationsRotate,
  'authorizations:update': async () =>
    (await import('./commands/authorizations/update.ts')).AuthorizationsUpdate,

  clients: async () => (await import('./commands/clients/list.ts')).ClientsList,
  'clients:create': async () => (await import('./commands/clients/create.ts')).ClientsCreate,
  'clients:destroy': async () => (await import('./commands/clients/destroy.ts')).ClientsDestroy,
  'clients:info': async () => (await import('./commands/clients/info.ts')).ClientsInfo,
  'clients:rotate': async () => (await import('./commands/clients/rotate.ts')).ClientsRotate,
  'clients:update': async () => (await import('./commands/clients/update.ts')).ClientsUpdate,

  'builds:create': async () => (await import('./commands/builds/create.ts')).BuildsCreate,
  buildpacks: async () => (await import('./commands/buildpacks/list.ts')).BuildpacksList,
  'buildpacks:add': async () => (await import('./commands/buildpacks/add.ts')).BuildpacksAdd,
  'buildpacks:clear': async () => (await import('./commands/buildpacks/clear.ts')).BuildpacksClear,
  'buildpacks:remove': async () =>
    (await import('./commands/buildpacks/remove.ts')).BuildpacksRemove,
  'buildpacks:set': async () => (await import('./commands/buildpacks/set.ts')).BuildpacksSet,

  certs: async () => (await import('./commands/certs/list.ts')).CertsList,
  'certs:add': async () => (await import('./commands/certs/add.ts')).CertsAdd,
  'certs:info': async () => (await import('./commands/certs/info.ts')).CertsInfo,
  'certs:remove': async () => (await import('./commands/certs/remove.ts')).CertsRemove,
  'certs:update': async () => (await import('./commands/certs/update.ts')).CertsUpdate,

  config: async () => (await import('./commands/config/list.ts')).ConfigList,
  'config:get': async () => (await import('./commands/config/get.ts')).ConfigGet,
  'config:mark': async () => (await import('./commands/config/mark.ts')).ConfigMark,
  'config:set': async () => (await import('./commands/config/set.ts')).ConfigSet,
  'config:unset': async () => (await import('./commands/config/unset.ts')).ConfigUnset,

  'deploys:overlap': async () => (await import('./commands/deploys/overlap.ts')).DeploysOverlap,

  drains: async () => (await import('./commands/drains/list.ts')).DrainsList,
  'drains:add': async () => (await import('./commands/drains/add.ts')).DrainsAdd,
  'drains:remove': async () => (await import('./commands/drains/remove.ts')).DrainsRemove,

  domains: async () => (await import('./commands/domains/list.ts')).DomainsList,
  'domains:add': async () => (await import('./commands/domains/add.ts')).DomainsAdd,
  'domains:remove': async () => (await import('./commands/domains/remove.ts')).DomainsRemove,
  'domains:update': async () => (await import('./commands/domains/update.ts')).DomainsUpdate,

  features: async () => (await import('./commands/features/list.ts')).FeaturesList,
  'features:disable': async () => (await import('./commands/features/disable.ts')).FeaturesDisable,
  'features:enable': async () => (await import('./commands/features/enable.ts')).FeaturesEnable,

  'git:remote': async () => (await import('./commands/git/remote.ts')).GitRemote,

  labs: async () => (await import('./commands/labs/list.ts')).Labs,
  'labs:disable': async () => (await import('./commands/labs/disable.ts')).LabsDisable,
  'labs:enable': async () => (await import('./commands/labs/enable.ts')).LabsEnable,
  'labs:info': async () => (await import('./commands/labs/info.ts')).LabsInfo,
  logs: async () => (await import('./commands/logs.ts')).Logs,

  maintenance: async () => (await import('./commands/maintenance/show.ts')).Maintenance,
  'maintenance:off': async () => (await import('./commands/maintenance/off.ts')).MaintenanceOff,
  'maintenance:on': async () => (await import('./commands/maintenance/on.ts')).MaintenanceOn,

  'master-key:rotate': async () =>
    (await import('./commands/master-key/rotate.ts')).MasterKeyRotate,
  members: async () => (await import('./commands/members/list.ts')).MembersList,
  'members:add': async () => (await import('./commands/members/add.ts')).MembersAdd,
  'members:remove': async () => (await import('./commands/members/remove.ts')).MembersRemove,
  'members:set': async () => (await import('./commands/members/set.ts')).MembersSet,

  pipeline: async () => (await import('./commands/pipeline/show.ts')).PipelineShow,
  'pipeline:add': async () => (await import('./commands/pipeline/add.ts')).PipelineAdd,
  'pipeline:diff': async () => (await import('./commands/pipeline/diff.ts')).PipelineDiff,
  'pipeline:promote': async () => (await import('./commands/pipeline/promote.ts')).PipelinePromote,
  'pipeline:remove': async () => (await import('./commands/pipeline/remove.ts')).PipelineRemove,
  metrics: async () => (await import('./commands/metrics.ts')).Metrics,

  pipelines: async () => (await import('./commands/pipelines/list.ts')).PipelinesList,
  'pipelines:access': async () => (await import('./commands/pipelines/access/list.ts')).AccessList,
  'pipelines:access:add': async () =>
    (await import('./commands/pipelines/access/add.ts')).AccessAdd,
  'pipelines:access:auto-join': async () =>
    (await import('./commands/pipelines/access/auto-join.ts')).AccessAutoJoin,
  'pipelines:access:production': async () =>
    (await import('./commands/pipelines/access/production.ts')).AccessProduction,
  'pipelines:access:remove': async () =>
    (await import('./commands/pipelines/access/remove.ts')).AccessRemove,
  'pipelines:access:update': async () =>
    (await import('./commands/pipelines/access/update.ts')).AccessUpdate,
  'pipelines:add': async () => (await import('./commands/pipelines/add.ts')).PipelinesAdd,
  'pipelines:approvals': async () =>
    (await import('./commands/pipelines/approvals/list.ts')).ApprovalsList,
  'pipelines:approvals:refuse': async () =>
    (await import('./commands/pipelines/approvals/refuse.ts')).ApprovalsRefuse,
  'pipelines:approvals:request': async () =>
    (await import('./commands/pipelines/approvals/request.ts')).ApprovalsRequest,
  'pipelines:approvals:withdraw': async () =>
    (await import('./commands/pipelines/approvals/withdraw.ts')).ApprovalsWithdraw,
  'pipelines:approve': async () =>
    (await import('./commands/pipelines/approve.ts')).PipelinesApprove,
  'pipelines:create': async () => (await import('./commands/pipelines/create.ts')).PipelinesCreate,
  'pipelines:destroy': async () =>
    (await import('./commands/pipelines/destroy.ts')).PipelinesDestroy,
  'pipelines:freezes': async () =>
    (await import('./commands/pipelines/freezes/list.ts')).FreezesList,
  'pipelines:freezes:add': async () =>
    (await import('./commands/pipelines/freezes/add.ts')).FreezesAdd,
  'pipelines:freezes:override': async () =>
    (await import('./commands/pipelines/freezes/override.ts')).FreezesOverride,
  'pipelines:freezes:remove': async () =>
    (await import('./commands/pipelines/freezes/remove.ts')).FreezesRemove,
  'pipelines:diff': async () => (await import('./commands/pipelines/diff.ts')).PipelinesDiff,
  'pipelines:info': async () => (await import('./commands/pipelines/info.ts')).PipelinesInfo,
  'pipelines:marks': async () => (await import('./commands/pipelines/marks/list.ts')).MarksList,
  'pipelines:marks:remove': async () =>
    (await import('./commands/pipelines/marks/remove.ts')).MarksRemove,
  'pipelines:marks:set': async () => (await import('./commands/pipelines/marks/set.ts')).MarksSet,
  'pipelines:plan': async () => (await import('./commands/pipelines/plan.ts')).PipelinesPlan,
  'pipelines:policy': async () => (await import('./commands/pipelines/policy.ts')).PipelinesPolicy,
  'pipelines:promote': async () =>
    (await import('./commands/pipelines/promote.ts')).PipelinesPromote,
  'pipelines:promotions': async () =>
    (await import('./commands/pipelines/promotions/show.ts')).PromotionsShow,
  'pipelines:promotions:cancel': async () =>
    (await import('./commands/pipelines/promotions/cancel.ts')).PromotionsCancel,
  'pipelines:promotions:retry': async () =>
    (await import('./commands/pipelines/promotions/retry.ts')).PromotionsRetry,
  'pipelines:remove': async () => (await import('./commands/pipelines/remove.ts')).PipelinesRemove,
  'pipelines:rename': async () => (await import('./commands/pipelines/rename.ts')).PipelinesRename,
  'pipelines:stages': async () => (await import('./commands/pipelines/stages/list.ts')).StagesList,
  'pipelines:stages:add': async () =>
    (await import('./commands/pipelines/stages/add.ts')).StagesAdd,
  'pipelines:stages:move': async () =>
    (await import('./commands/pipelines/stages/move.ts')).StagesMove,
  'pipelines:stages:remove': async () =>
    (await import('./commands/pipelines/stages/remove.ts')).StagesRemove,
  'pipelines:stages:rename': async () =>
    (await import('./commands/pipelines/stages/rename.ts')).StagesRename,
  'pipelines:transfer': async () =>
    (await import('./commands/pipelines/transfer.ts')).PipelinesTransfer,
  'pipelines:transfer:apps': async () =>
    (await import('./commands/pipelines/transfer-apps.ts')).PipelinesTransferApps,
  'pipelines:update': async () => (await import('./commands/pipelines/update.ts')).PipelinesUpdate,

  'pipelines:webhooks': async () =>
    (await import('./commands/pipelines/webhooks/list.ts')).WebhooksList,
  'pipelines:webhooks:add': async () =>
    (await import('./commands/pipelines/webhooks/add.ts')).WebhooksAdd,
  'pipelines:webhooks:remove': async () =>
    (await import('./commands/pipelines/webhooks/remove.ts')).WebhooksRemove,

  ps: async () => (await import('./commands/ps/list.ts')).PsList,
  'ps:restart': async () => (await import('./commands/ps/restart.ts')).PsRestart,
  'ps:scale': async () => (await import('./commands/ps/scale.ts')).PsScale,

  releases: async () => (await import('./commands/releases/list.ts')).ReleasesList,
  'releases:info': async () => (await import('./commands/releases/info.ts')).ReleasesInfo,
  'releases:output': async () => (await import('./commands/releases/output.ts')).ReleasesOutput,
  'releases:rollback': async () =>
    (await import('./commands/releases/rollback.ts')).ReleasesRollback,

  rollback: async () => (await import('./commands/releases/rollback.ts')).ReleasesRollback,

  tokens: async () => (await import('./commands/tokens/list.ts')).TokensList,
  'tokens:create': async () => (await import('./commands/tokens/create.ts')).TokensCreate,
  'tokens:revoke': async () => (await import('./commands/tokens/revoke.ts')).TokensRevoke,

  run: async () => (await import('./commands/run.ts')).Run,

  traffic: async () => (await import('./commands/traffic/show.ts')).Traffic,
  'traffic:set': async () => (await import('./commands/traffic/set.ts')).TrafficSet,

  teams: async () => (await import('./commands/teams/list.ts')).TeamsList,
  'teams:create': async () => (await import('./commands/teams/create.ts')).TeamsCreate,
  'teams:destroy': async () => (await import('./commands/teams/destroy.ts')).TeamsDestroy,
  'teams:preferences': async () =>
    (await import('./commands/teams/preferences.ts')).TeamsPreferences,
  'teams:preferences:set': async () =>
    (await import('./commands/teams/preferences-set.ts')).TeamsPreferencesSet,
  'teams:join': async () => (await import('./commands/teams/join.ts')).TeamsJoin,
}
