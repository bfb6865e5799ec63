import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router'
import { HomePage } from './home/home-page.tsx'
import { Shell } from './shell/shell.tsx'
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

const pipeline = createRoute({
  getParentRoute: () => root,
  path: '/pipelines/$pipeline',
  component: lazyRouteComponent(() => import('./pipeline/board-page.tsx'), 'BoardPage'),
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
const resources = createRoute({
  getParentRoute: () => app,
  path: '/resources',
  component: lazyRouteComponent(() => import('./app/resources-page.tsx'), 'ResourcesPage'),
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
    pipeline,
    app.addChildren([
      overview,
      activity,
      releases,
      release,
      builds,
      build,
      logs,
      resources,
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
