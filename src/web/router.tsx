import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router'
import { HomePage } from './home/home-page.tsx'
import { Shell } from './shell/shell.tsx'
import { auditFilterOf } from './team/audit-filter.ts'
import { Failure } from './ui/states.tsx'

const root = createRootRoute({
  component: Shell,
  notFoundComponent: () => (
    <Failure isPage error={new Error('There is no page at this address.')} />
  ),
  errorComponent: ({ error }) => (
    <Failure
      isPage
      error={error instanceof Error ? error : new Error(String(error))}
      onRetry={() => location.reload()}
    />
  ),
})

const home = createRoute({ getParentRoute: () => root, path: '/', component: HomePage })

const newApp = createRoute({
  getParentRoute: () => root,
  path: '/new/app',
  validateSearch: ({ pipeline, stage }: Record<string, unknown>) => ({
    ...(typeof pipeline === 'string' ? { pipeline } : {}),
    ...(typeof stage === 'string' ? { stage } : {}),
  }),
  component: lazyRouteComponent(() => import('./home/new-app-page.tsx'), 'NewAppPage'),
})
const newPipeline = createRoute({
  getParentRoute: () => root,
  path: '/new/pipeline',
  component: lazyRouteComponent(() => import('./home/new-pipeline-page.tsx'), 'NewPipelinePage'),
})

const newTeam = createRoute({
  getParentRoute: () => root,
  path: '/new/team',
  component: lazyRouteComponent(() => import('./team/new-team-page.tsx'), 'NewTeamPage'),
})

const account = createRoute({
  getParentRoute: () => root,
  path: '/account',
  component: lazyRouteComponent(() => import('./account/account-page.tsx'), 'AccountPage'),
})

const teams = createRoute({
  getParentRoute: () => root,
  path: '/teams',
  component: lazyRouteComponent(() => import('./team/teams-page.tsx'), 'TeamsPage'),
})
const team = createRoute({
  getParentRoute: () => root,
  path: '/teams/$team',
  component: lazyRouteComponent(() => import('./team/team-frame.tsx'), 'TeamFrame'),
})
const people = createRoute({
  getParentRoute: () => team,
  path: '/',
  component: lazyRouteComponent(() => import('./team/people-page.tsx'), 'PeoplePage'),
})
const audit = createRoute({
  getParentRoute: () => team,
  path: '/audit',
  validateSearch: auditFilterOf,
  component: lazyRouteComponent(() => import('./team/audit-page.tsx'), 'AuditPage'),
})
const teamSettings = createRoute({
  getParentRoute: () => team,
  path: '/settings',
  component: lazyRouteComponent(() => import('./team/settings-page.tsx'), 'TeamSettingsPage'),
})

const pipeline = createRoute({
  getParentRoute: () => root,
  path: '/pipelines/$pipeline',
  component: lazyRouteComponent(() => import('./pipeline/pipeline-frame.tsx'), 'PipelineFrame'),
})
const board = createRoute({
  getParentRoute: () => pipeline,
  path: '/',
  validateSearch: ({ promote }: Record<string, unknown>) =>
    typeof promote === 'string' ? { promote } : {},
  component: lazyRouteComponent(() => import('./pipeline/board-page.tsx'), 'BoardPage'),
})
const promotions = createRoute({
  getParentRoute: () => pipeline,
  path: '/promotions',
  component: lazyRouteComponent(() => import('./pipeline/promotions-page.tsx'), 'PromotionsPage'),
})
const promotion = createRoute({
  getParentRoute: () => pipeline,
  path: '/promotions/$promotion',
  component: lazyRouteComponent(() => import('./pipeline/promotion-page.tsx'), 'PromotionPage'),
})
const approvals = createRoute({
  getParentRoute: () => pipeline,
  path: '/approvals',
  component: lazyRouteComponent(() => import('./pipeline/approvals-page.tsx'), 'ApprovalsPage'),
})
const stages = createRoute({
  getParentRoute: () => pipeline,
  path: '/stages',
  component: lazyRouteComponent(() => import('./pipeline/stages-page.tsx'), 'StagesPage'),
})
const stage = createRoute({
  getParentRoute: () => pipeline,
  path: '/stages/$stage',
  component: lazyRouteComponent(() => import('./pipeline/stage-page.tsx'), 'StagePage'),
})
const pipelineActivity = createRoute({
  getParentRoute: () => pipeline,
  path: '/activity',
  component: lazyRouteComponent(() => import('./pipeline/activity-page.tsx'), 'ActivityPage'),
})
const pipelineAccess = createRoute({
  getParentRoute: () => pipeline,
  path: '/access',
  component: lazyRouteComponent(() => import('./pipeline/access-page.tsx'), 'AccessPage'),
})
const pipelineSettings = createRoute({
  getParentRoute: () => pipeline,
  path: '/settings',
  component: lazyRouteComponent(() => import('./pipeline/settings-page.tsx'), 'SettingsPage'),
})

const app = createRoute({
  getParentRoute: () => root,
  path: '/apps/$app',
  component: lazyRouteComponent(() => import('./app/app-frame.tsx'), 'AppFrame'),
})
const overview = createRoute({
  getParentRoute: () => app,
  path: '/',
  component: lazyRouteComponent(() => import('./app/overview-page.tsx'), 'OverviewPage'),
})
const activity = createRoute({
  getParentRoute: () => app,
  path: '/activity',
  component: lazyRouteComponent(() => import('./app/activity-page.tsx'), 'ActivityPage'),
})
const releases = createRoute({
  getParentRoute: () => app,
  path: '/releases',
  component: lazyRouteComponent(() => import('./app/releases-page.tsx'), 'ReleasesPage'),
})
const release = createRoute({
  getParentRoute: () => app,
  path: '/releases/$version',
  component: lazyRouteComponent(() => import('./app/release-page.tsx'), 'ReleasePage'),
})
const compare = createRoute({
  getParentRoute: () => app,
  path: '/releases/compare',
  validateSearch: ({ from, to }: Record<string, unknown>) => ({
    ...(typeof from === 'number' ? { from } : {}),
    ...(typeof to === 'number' ? { to } : {}),
  }),
  component: lazyRouteComponent(() => import('./app/compare-page.tsx'), 'ComparePage'),
})
const builds = createRoute({
  getParentRoute: () => app,
  path: '/builds',
  component: lazyRouteComponent(() => import('./app/builds-page.tsx'), 'BuildsPage'),
})
const build = createRoute({
  getParentRoute: () => app,
  path: '/builds/$build',
  component: lazyRouteComponent(() => import('./app/build-page.tsx'), 'BuildPage'),
})
const logs = createRoute({
  getParentRoute: () => app,
  path: '/logs',
  component: lazyRouteComponent(() => import('./app/logs-page.tsx'), 'LogsPage'),
})
const metrics = createRoute({
  getParentRoute: () => app,
  path: '/metrics',
  component: lazyRouteComponent(() => import('./app/metrics-page.tsx'), 'MetricsPage'),
})
const run = createRoute({
  getParentRoute: () => app,
  path: '/run',
  component: lazyRouteComponent(() => import('./app/run-page.tsx'), 'RunPage'),
})
const resources = createRoute({
  getParentRoute: () => app,
  path: '/resources',
  component: lazyRouteComponent(() => import('./app/resources-page.tsx'), 'ResourcesPage'),
})
const deploy = createRoute({
  getParentRoute: () => app,
  path: '/deploy',
  component: lazyRouteComponent(() => import('./app/deploy-page.tsx'), 'DeployPage'),
})
const access = createRoute({
  getParentRoute: () => app,
  path: '/access',
  component: lazyRouteComponent(() => import('./app/access-page.tsx'), 'AccessPage'),
})
const settings = createRoute({
  getParentRoute: () => app,
  path: '/settings',
  component: lazyRouteComponent(() => import('./app/settings-page.tsx'), 'SettingsPage'),
})

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    newApp,
    newPipeline,
    newTeam,
    account,
    teams,
    team.addChildren([people, audit, teamSettings]),
    pipeline.addChildren([
      board,
      promotions,
      promotion,
      approvals,
      pipelineActivity,
      stages,
      stage,
      pipelineAccess,
      pipelineSettings,
    ]),
    app.addChildren([
      overview,
      activity,
      releases,
      release,
      compare,
      builds,
      build,
      deploy,
      logs,
      metrics,
      run,
      resources,
      access,
      settings,
    ]),
  ]),
  basepath: '/dashboard',
  defaultPreload: 'intent',
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
