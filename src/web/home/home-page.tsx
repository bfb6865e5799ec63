import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { AppHealth } from '#/web/app/app-facts.tsx'
import { queries } from '#/web/data/queries.ts'
import type { App, Coupling, Pipeline } from '#/web/data/types.ts'
import { capitalised, count } from '#/web/text/words.ts'
import { Ago, PageTitle, Section } from '#/web/ui/bits.tsx'
import { buttonLook } from '#/web/ui/button.tsx'
import { Commands, Empty, Failure, Loading } from '#/web/ui/states.tsx'
import { Offers } from './offers.tsx'

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
              <PipelineRow key={pipeline.id} pipeline={pipeline} apps={its} coupled={coupled} />
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

type PipelineRowProps = { pipeline: Pipeline; apps: App[]; coupled: Map<string, Coupling> }

const PipelineRow = ({ pipeline, apps, coupled }: PipelineRowProps): ReactNode => {
  const stageOf = ({ id }: App) => coupled.get(id)?.pipeline_stage
  const placeOf = (app: App): number => stageOf(app)?.position ?? 0
  const sorted = apps.toSorted((a, b) => placeOf(a) - placeOf(b))
  return (
    <li className="card overflow-hidden">
      <div className="flex flex-wrap items-center justify-between gap-2 px-4 py-3">
        <Link to="/pipelines/$pipeline" params={{ pipeline: pipeline.name }} className="row-link">
          {pipeline.name}
        </Link>
        <span className="text-sm text-muted">{count(apps.length, 'app')}</span>
      </div>
      {sorted.length > 0 && (
        <ul className="divide-y border-t">
          {sorted.map((app) => (
            <AppRow key={app.id} app={app} stage={capitalised(stageOf(app)?.name ?? '')} />
          ))}
        </ul>
      )}
    </li>
  )
}

const AppRow = ({ app, stage }: { app: App; stage?: string }): ReactNode => (
  <li className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 px-4 py-3 sm:grid-cols-[minmax(0,1fr)_7rem_10rem_10rem]">
    <Link
      to="/apps/$app"
      params={{ app: app.name }}
      className="row-link min-w-0 justify-self-start"
    >
      {app.name}
    </Link>
    <span className="text-sm text-muted max-sm:text-right">{stage}</span>
    <AppHealth appId={app.id} />
    <span className="text-right text-sm text-muted">
      {app.released_at === null ? 'Never released' : <Ago time={app.released_at} />}
    </span>
  </li>
)

const Welcome = (): ReactNode => (
  <Empty title="No apps yet">
    <p className="text-muted">Create one here, or in the folder of your code:</p>
    <Commands>{'sluice apps:create my-app\ngit push heroku main'}</Commands>
    <Link to="/new/app" className={buttonLook('main')}>
      Create new app
    </Link>
  </Empty>
)
