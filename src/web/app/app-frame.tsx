import { useQuery } from '@tanstack/react-query'
import { Link, Outlet, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { queries } from '#/web/data/queries.ts'
import { Status } from '#/web/ui/bits.tsx'
import { buttonLook } from '#/web/ui/button.tsx'
import { Settled, useShownPath } from '#/web/ui/settled.tsx'
import { Loaded } from '#/web/ui/states.tsx'
import { ACTIVE_TAB, TAB, Tabs } from '#/web/ui/tabs.tsx'
import { AppContext } from './app-context.ts'
import { AppHealth } from './app-facts.tsx'
import { APP_TABS } from './app-tabs.ts'

/** What is around each page of an app. */
export const AppFrame = (): ReactNode => {
  const { app: name = '' } = useParams({ strict: false })
  const query = useQuery(queries.app(name))
  const path = useShownPath()
  return (
    <Loaded query={query} what="the app" lines={4} isPage>
      {(app) => (
        <AppContext value={app}>
          <div className="mb-4 flex flex-wrap items-start justify-between gap-3">
            <div className="min-w-0">
              <h1 className="text-2xl font-semibold tracking-tight break-words">{app.name}</h1>
              <div className="mt-1 flex flex-wrap items-center gap-x-4 gap-y-1">
                <PipelineLink appId={app.id} />
                {app.maintenance && <Status tone="warn">Maintenance mode</Status>}
                <AppHealth appId={app.id} />
              </div>
            </div>
            <a href={app.web_url} target="_blank" rel="noreferrer" className={buttonLook()}>
              Open app
            </a>
          </div>
          <Tabs label="App">
            {APP_TABS.map(([to, text]) => (
              <li key={to}>
                <Link
                  to={to}
                  params={{ app: app.name }}
                  activeOptions={{ exact: text === 'Overview' }}
                  className={TAB}
                  activeProps={ACTIVE_TAB}
                >
                  {text}
                </Link>
              </li>
            ))}
          </Tabs>
          <Settled place={path} what="the page">
            <Outlet key={app.id} />
          </Settled>
        </AppContext>
      )}
    </Loaded>
  )
}

const PipelineLink = ({ appId }: { appId: string }): ReactNode => {
  const couplings = useQuery(queries.couplings)
  const own = couplings.data?.find(({ app }) => app.id === appId)
  if (!own) return null
  return (
    <span className="text-sm text-muted">
      {own.pipeline_stage.name} of{' '}
      <Link to="/pipelines/$pipeline" params={{ pipeline: own.pipeline.name }} className="link">
        {own.pipeline.name}
      </Link>
    </span>
  )
}
