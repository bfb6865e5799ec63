import { useQuery } from '@tanstack/react-query'
import { Link, Outlet, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { queries } from '#/web/data/queries.ts'
import { count } from '#/web/text/words.ts'
import { PageTitle } from '#/web/ui/bits.tsx'
import { Settled, useShownPath } from '#/web/ui/settled.tsx'
import { Loaded } from '#/web/ui/states.tsx'
import { ACTIVE_TAB, TAB, Tabs } from '#/web/ui/tabs.tsx'
import { PipelineContext } from './pipeline-context.ts'
import { PIPELINE_TABS } from './pipeline-tabs.ts'

/** What is around each page of a pipeline. */
export const PipelineFrame = (): ReactNode => {
  const { pipeline: name = '' } = useParams({ strict: false })
  const query = useQuery(queries.pipeline(name))
  const couplings = useQuery(queries.couplings)
  const path = useShownPath()
  return (
    <Loaded query={query} what="the pipeline" lines={5} isPage>
      {(pipeline) => (
        <PipelineContext value={pipeline}>
          <PageTitle
            title={pipeline.name}
            about={`Pipeline of ${count(
              couplings.data?.filter((coupling) => coupling.pipeline.id === pipeline.id).length ??
                0,
              'app',
            )}`}
          />
          <Tabs label="Pipeline">
            {PIPELINE_TABS.map(([to, text]) => (
              <li key={to}>
                <Link
                  to={to}
                  params={{ pipeline: pipeline.name }}
                  activeOptions={{ exact: text === 'Board' }}
                  className={TAB}
                  activeProps={ACTIVE_TAB}
                >
                  {text} {text === 'Approvals' && <Waiting pipelineId={pipeline.id} />}
                </Link>
              </li>
            ))}
          </Tabs>
          <Settled place={path} what="the page">
            <Outlet key={pipeline.id} />
          </Settled>
        </PipelineContext>
      )}
    </Loaded>
  )
}

/** How many changes wait for somebody's yes. */
const Waiting = ({ pipelineId }: { pipelineId: string }): ReactNode => {
  const { data } = useQuery(queries.approvals(pipelineId))
  const waiting = data?.filter(({ state }) => state === 'waiting').length ?? 0
  if (waiting === 0) return null
  return (
    <span className="ml-2 rounded-full bg-accent-soft px-2 py-0.5 text-xs text-text">
      {waiting}
      <span className="sr-only"> waiting</span>
    </span>
  )
}
