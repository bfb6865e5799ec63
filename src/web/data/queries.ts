import { QueryClient, queryOptions } from '@tanstack/react-query'
import { request, RequestError } from './client.ts'
import type {
  Account,
  AddOn,
  AddOnPlan,
  App,
  AppFeature,
  AppTransfer,
  Approval,
  Attachment,
  Authorization,
  Branch,
  Build,
  BuildpackInstallation,
  Certificate,
  Collaborator,
  ConfigMark,
  Coupling,
  Deploy,
  DeployToken,
  Domain,
  Dyno,
  DynoSize,
  EphemeralCollaborator,
  Event,
  Freeze,
  Invitation,
  LogDrain,
  Metrics,
  OauthClient,
  Pipeline,
  ProcessType,
  PipelineStage,
  PromotionPlan,
  PromotionRecord,
  PromotionTarget,
  Release,
  Session,
  Slug,
  SlugCommit,
  SshKey,
  StagePolicy,
  Team,
  TeamEphemeralApps,
  TeamMember,
  TeamPreferences,
  Traffic,
  Webhook,
  WebhookDelivery,
} from './types.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** What the API says is no more true the second time; what did not come through may be. */
const isWorthRetrying = (failures: number, error: Error): boolean =>
  failures < 3 && (!(error instanceof RequestError) || error.status === 0 || error.status >= 500)

export const queryClient = new QueryClient({
  defaultOptions: {
    // The event stream says what is old.
    queries: { staleTime: 60_000, retry: isWorthRetrying, refetchOnWindowFocus: false },
  },
})

const read = <T>(queryKey: readonly unknown[], path: string, range?: string) =>
  queryOptions({
    queryKey,
    queryFn: ({ signal }) =>
      request<T>('GET', path, { signal, ...(range === undefined ? {} : { range }) }),
  })

const part = <T>(appId: string, name: string, path: string, range?: string) =>
  read<T>(['part', appId, name, path, range], `/apps/${appId}${path}`, range)

/** Asked for again whenever something of a pipeline changes. */
const ofPipeline = <T>(pipelineId: string, path: string) =>
  read<T>(['pipelines', pipelineId, path], `/pipelines/${pipelineId}${path}`)

const lastMinutes = (minutes: number): string =>
  new URLSearchParams({
    from: new Date(Date.now() - minutes * 60_000).toISOString(),
    step: '60',
  }).toString()

export const queries = {
  account: read<Account>(['account'], '/account'),
  teams: read<Team[]>(['teams'], '/teams'),
  team: (name: string) => read<Team>(['teams', name], `/teams/${encodeURIComponent(name)}`),
  members: (team: string) =>
    read<TeamMember[]>(['teams', team, 'members'], `/teams/${team}/members`),
  invitations: (team: string) =>
    read<Invitation[]>(['teams', team, 'invitations'], `/teams/${team}/invitations`),
  /** @param query of the filters */
  teamEvents: (team: string, query: string, most: number) =>
    read<Event[]>(
      ['team-events', team, query, most],
      `/teams/${team}/events${query}`,
      `id ..; max=${most}, order=desc`,
    ),
  preferences: (team: string) =>
    read<TeamPreferences>(['teams', team, 'preferences'], `/teams/${team}/preferences`),
  teamEphemeral: (team: string) =>
    read<TeamEphemeralApps>(['teams', team, 'ephemeral'], `/teams/${team}/ephemeral-apps`),
  authorizations: read<Authorization[]>(['authorizations'], '/oauth/authorizations'),
  sshKeys: read<SshKey[]>(['ssh-keys'], '/account/keys'),
  oauthClients: read<OauthClient[]>(['oauth-clients'], '/oauth/clients'),
  deployTokens: ({ kind, id }: { kind: 'app' | 'pipeline'; id: string }) =>
    kind === 'app'
      ? part<DeployToken[]>(id, 'deploy-tokens', '/deploy-tokens')
      : ofPipeline<DeployToken[]>(id, '/deploy-tokens'),
  sessions: read<Session[]>(['sessions'], '/oauth/sessions'),
  transfers: read<AppTransfer[]>(['transfers'], '/account/app-transfers'),
  pipelineEvents: (id: string, most: number) =>
    read<Event[]>(
      ['pipeline-events', id, most],
      `/pipelines/${id}/events`,
      `id ..; max=${most}, order=desc`,
    ),
  ephemeralCollaborators: (pipelineId: string) =>
    read<EphemeralCollaborator[]>(
      ['pipelines', pipelineId, 'ephemeral'],
      `/pipelines/${pipelineId}/ephemeral-app-collaborators`,
      'id ..; max=1000',
    ),
  apps: read<App[]>(['apps'], '/apps', 'name ..; max=1000'),
  pipelines: read<Pipeline[]>(['pipelines'], '/pipelines', 'name ..; max=1000'),
  pipeline: (name: string) =>
    read<Pipeline>(['pipelines', name], `/pipelines/${encodeURIComponent(name)}`),
  stages: (pipelineId: string) => ofPipeline<PipelineStage[]>(pipelineId, '/stages'),
  policy: (pipelineId: string, stage: string) =>
    ofPipeline<StagePolicy>(pipelineId, `/stages/${stage}/policy`),
  freezes: (pipelineId: string) => ofPipeline<Freeze[]>(pipelineId, '/freezes'),
  approvals: (pipelineId: string) => ofPipeline<Approval[]>(pipelineId, '/approvals'),
  configMarks: (pipelineId: string) => ofPipeline<ConfigMark[]>(pipelineId, '/config-marks'),
  stageConfig: (pipelineId: string, stage: string) =>
    ofPipeline<Record<string, string>>(pipelineId, `/stage/${stage}/config-vars`),
  webhooks: (pipelineId: string) => ofPipeline<Webhook[]>(pipelineId, '/webhooks'),
  deliveries: (pipelineId: string, id: string) =>
    ofPipeline<WebhookDelivery[]>(pipelineId, `/webhooks/${id}/deliveries`),
  couplings: read<Coupling[]>(['couplings'], '/pipeline-couplings', 'id ..; max=1000'),
  plans: (service: string) =>
    read<AddOnPlan[]>(['add-on-plans', service], `/addon-services/${service}/plans`),
  services: read<{ id: string; name: string; human_name: string }[]>(
    ['add-on-services'],
    '/addon-services',
  ),
  app: (name: string) => read<App>(['app', name], `/apps/${encodeURIComponent(name)}`),
  releases: (appId: string, most = 10) =>
    part<Release[]>(appId, 'releases', '/releases', `version ..; max=${most}, order=desc`),
  release: (appId: string, version: string) =>
    part<Release>(appId, 'releases', `/releases/${encodeURIComponent(version)}`),
  deploy: (appId: string, releaseId: string) =>
    part<Deploy>(appId, 'deploy', `/releases/${releaseId}/deploy`),
  slug: (appId: string, slugId: string) => ({
    ...part<Slug>(appId, 'slug', `/slugs/${slugId}`),
    staleTime: Infinity,
  }),
  slugCommit: (appId: string, slugId: string) => ({
    ...part<SlugCommit>(appId, 'slug', `/slugs/${slugId}/commit`),
    staleTime: Infinity,
  }),
  /** How it goes now: the newest five minutes, asked for again as they pass. */
  traffic: (appId: string) => ({
    ...queryOptions({
      queryKey: ['part', appId, 'traffic'],
      queryFn: ({ signal }) =>
        request<Metrics>('GET', `/apps/${appId}/metrics?${lastMinutes(5)}`, { signal }),
    }),
    refetchInterval: 60_000,
    retry: false,
  }),
  builds: (appId: string, most = 20) =>
    part<Build[]>(appId, 'builds', '/builds', `created_at ..; max=${most}, order=desc`),
  build: (appId: string, id: string) =>
    part<Build>(appId, 'builds', `/builds/${encodeURIComponent(id)}`),
  branches: (appId: string) => part<Branch[]>(appId, 'branches', '/branches'),
  events: (appId: string, most: number) =>
    part<Event[]>(appId, 'events', '/events', `id ..; max=${most}, order=desc`),
  dynos: (appId: string) => part<Dyno[]>(appId, 'dynos', '/dynos'),
  formation: (appId: string) => part<ProcessType[]>(appId, 'formation', '/formation'),
  addOns: (appId: string) => part<AddOn[]>(appId, 'add-ons', '/addons'),
  /** Of other apps too, of which the account may see something. */
  allAddOns: read<AddOn[]>(['add-ons'], '/addons', 'id ..; max=1000'),
  attachments: (appId: string) => part<Attachment[]>(appId, 'attachments', '/addon-attachments'),
  logDrains: (appId: string) => part<LogDrain[]>(appId, 'log-drains', '/log-drains'),
  configVars: (appId: string) => part<Record<string, string>>(appId, 'config-vars', '/config-vars'),
  releaseConfig: (appId: string, version: number) => ({
    ...part<Record<string, string>>(appId, 'release-config', `/releases/${version}/config-vars`),
    staleTime: Infinity,
  }),
  features: (appId: string) => part<AppFeature[]>(appId, 'features', '/features'),
  deploySettings: (appId: string) =>
    part<{ overlap: boolean }>(appId, 'deploy-settings', '/deploy-settings'),
  trafficSettings: (appId: string) => part<Traffic>(appId, 'traffic-settings', '/traffic'),
  /** Config vars of which somebody said whether they are secret in the log. */
  logMarks: (appId: string) =>
    part<Record<string, 'secret' | 'plain'>>(appId, 'log-marks', '/config-vars/marks'),
  dynoSizes: read<DynoSize[]>(['dyno-sizes'], '/dyno-sizes'),
  buildpacks: (appId: string) =>
    part<BuildpackInstallation[]>(appId, 'buildpacks', '/buildpack-installations'),
  domains: (appId: string) => part<Domain[]>(appId, 'domains', '/domains'),
  certificates: (appId: string) => part<Certificate[]>(appId, 'certificates', '/sni-endpoints'),
  /** Of the last hours; as new as a minute. */
  metrics: (appId: string, hours: number) =>
    queryOptions({
      queryKey: ['metrics', appId, hours],
      queryFn: ({ signal }) => {
        const from = new Date(Date.now() - hours * HOUR_MS).toISOString()
        return request<Metrics>('GET', `/apps/${appId}/metrics?from=${from}`, { signal })
      },
      staleTime: MINUTE_MS / 2,
      refetchInterval: MINUTE_MS / 2,
    }),
  collaborators: (appId: string) => part<Collaborator[]>(appId, 'collaborators', '/collaborators'),
  /** What promoting the app would change on the apps of the next stage. @param release an earlier one of the app */
  plan: (pipelineId: string, appId: string, release?: string) =>
    queryOptions({
      queryKey: ['plan', pipelineId, appId, release],
      queryFn: ({ signal }) =>
        request<PromotionPlan>('POST', `/pipelines/${pipelineId}/promotion-plans`, {
          body: {
            source: {
              app: { id: appId },
              ...(release === undefined ? {} : { release: { id: release } }),
            },
          },
          signal,
        }),
    }),
  promotions: (pipelineId: string, most: number) =>
    read<PromotionRecord[]>(
      ['promotion', 'of', pipelineId, most],
      `/pipelines/${pipelineId}/promotions`,
      `number ..; max=${most}, order=desc`,
    ),
  promotion: (id: string) =>
    read<PromotionRecord>(
      ['promotion', id, 'record'],
      `/pipeline-promotions/${encodeURIComponent(id)}`,
    ),
  promotionTargets: (id: string) =>
    read<PromotionTarget[]>(['promotion', id], `/pipeline-promotions/${id}/promotion-targets`),
}
