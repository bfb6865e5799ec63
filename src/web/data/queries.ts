import { QueryClient, queryOptions } from '@tanstack/react-query'
import { request, RequestError } from './client.ts'
import type {
  Account,
  AddOn,
  AddOnPlan,
  App,
  Build,
  Collaborator,
  Coupling,
  Deploy,
  Dyno,
  Event,
  Pipeline,
  ProcessType,
  PipelineStage,
  PromotionPlan,
  PromotionTarget,
  Release,
  Slug,
  Team,
} from './types.ts'

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

export const queries = {
  account: read<Account>(['account'], '/account'),
  teams: read<Team[]>(['teams'], '/teams'),
  apps: read<App[]>(['apps'], '/apps', 'name ..; max=1000'),
  pipelines: read<Pipeline[]>(['pipelines'], '/pipelines', 'name ..; max=1000'),
  pipeline: (name: string) =>
    read<Pipeline>(['pipelines', name], `/pipelines/${encodeURIComponent(name)}`),
  stages: (pipelineId: string) =>
    read<PipelineStage[]>(['stages', pipelineId], `/pipelines/${pipelineId}/stages`),
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
  builds: (appId: string, most = 20) =>
    part<Build[]>(appId, 'builds', '/builds', `created_at ..; max=${most}, order=desc`),
  build: (appId: string, id: string) =>
    part<Build>(appId, 'builds', `/builds/${encodeURIComponent(id)}`),
  events: (appId: string, most: number) =>
    part<Event[]>(appId, 'events', '/events', `id ..; max=${most}, order=desc`),
  dynos: (appId: string) => part<Dyno[]>(appId, 'dynos', '/dynos'),
  formation: (appId: string) => part<ProcessType[]>(appId, 'formation', '/formation'),
  addOns: (appId: string) => part<AddOn[]>(appId, 'add-ons', '/addons'),
  configVars: (appId: string) => part<Record<string, string>>(appId, 'config-vars', '/config-vars'),
  collaborators: (appId: string) => part<Collaborator[]>(appId, 'collaborators', '/collaborators'),
  /** What promoting the app would change on the apps of the next stage. */
  plan: (pipelineId: string, appId: string) =>
    queryOptions({
      queryKey: ['plan', pipelineId, appId],
      queryFn: ({ signal }) =>
        request<PromotionPlan>('POST', `/pipelines/${pipelineId}/promotion-plans`, {
          body: { source: { app: appId } },
          signal,
        }),
    }),
  promotionTargets: (id: string) =>
    read<PromotionTarget[]>(['promotion', id], `/pipeline-promotions/${id}/promotion-targets`),
}
