import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { queries } from '#/web/data/queries.ts'
import type { App, Coupling, Pipeline } from '#/web/data/types.ts'
import { PageTitle, Section } from '#/web/ui/bits.tsx'
import { buttonLook } from '#/web/ui/button.tsx'
import { Commands, Empty, Failure, Loading } from '#/web/ui/states.tsx'
import { AppRow } from './app-row.tsx'
import { Offers } from './offers.tsx'
import { PipelineRow } from './pipeline-row.tsx'

export const HomePage = (): ReactNode => {
  const apps = useQuery(queries.apps)
  const pipelines = useQuery(queries.pipelines)
  const couplings = useQuery(queries.couplings)
  const [text, setText] = useState('')
  const error = apps.error ?? pipelines.error ?? couplings.error
  const retry = (): void => void [apps.refetch(), pipelines.refetch(), couplings.refetch()]
  const isLoaded = apps.data && pipelines.data && couplings.data
  return (
    <>
      <PageTitle title="Home">
        <input
          type="search"
          aria-label="Filter by name"
          placeholder="Filter by name"
          value={text}
          onChange={(event) => setText(event.target.value)}
          className="field max-w-56"
        />
      </PageTitle>
      <Offers />
      {!isLoaded &&
        (error ? (
          <Failure error={error} onRetry={retry} />
        ) : (
          <Loading what="your apps" lines={5} />
        ))}
      {isLoaded && apps.data.length + pipelines.data.length === 0 && <Welcome />}
      {isLoaded && apps.data.length + pipelines.data.length > 0 && (
        <Lists
          apps={apps.data}
          pipelines={pipelines.data}
          couplings={couplings.data}
          wanted={text.trim().toLowerCase()}
        />
      )}
    </>
  )
}

/** With more pipelines than this one looks for one of them, not at all of their apps. */
const MOST_OPEN = 4

type ListsProps = { apps: App[]; pipelines: Pipeline[]; couplings: Coupling[]; wanted: string }

const Lists = ({ apps, pipelines, couplings, wanted }: ListsProps): ReactNode => {
  const coupled = new Map(couplings.map((coupling) => [coupling.app.id, coupling]))
  const isWanted = ({ name }: { name: string }): boolean => name.toLowerCase().includes(wanted)
  const rows = pipelines
    .map((pipeline) => ({
      pipeline,
      apps: apps.filter(({ id }) => coupled.get(id)?.pipeline.id === pipeline.id),
    }))
    .filter(({ pipeline, apps: its }) => isWanted(pipeline) || its.some(isWanted))
  const known = new Set(pipelines.map(({ id }) => id))
  const alone = apps
    .filter(({ id }) => !known.has(coupled.get(id)?.pipeline.id ?? ''))
    .filter(isWanted)
  return (
    <>
      {rows.length > 0 && (
        <Section title="Pipelines">
          <ul className="grid gap-3">
            {rows.map(({ pipeline, apps: its }) => (
              <PipelineRow
                key={pipeline.id}
                pipeline={pipeline}
                apps={its}
                coupled={coupled}
                isOpenAtFirst={rows.length <= MOST_OPEN}
                isFiltered={wanted !== ''}
              />
            ))}
          </ul>
        </Section>
      )}
      {alone.length > 0 && (
        <Section title={rows.length > 0 ? 'Apps outside a pipeline' : 'Apps'}>
          <ul className="card divide-y">
            {alone.map((app) => (
              <AppRow key={app.id} app={app} />
            ))}
          </ul>
        </Section>
      )}
      {rows.length + alone.length === 0 && (
        <Empty title="Nothing has that in its name.">
          <p className="text-muted">The filter looks at the names of apps and pipelines.</p>
        </Empty>
      )}
    </>
  )
}

const Welcome = (): ReactNode => (
  <Empty title="No apps yet">
    <p className="text-muted">Create one here, or in the folder of your code:</p>
    <Commands>{'sluice apps:create my-app\ngit push heroku main'}</Commands>
    <Link to="/new/app" className={buttonLook('main')}>
      Create new app
    </Link>
  </Empty>
)
