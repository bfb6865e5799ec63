import { Link } from '@tanstack/react-router'
import { useId, useState, type ReactNode } from 'react'
import { HealthOfAll } from '#/web/app/app-facts.tsx'
import type { App, Coupling, Pipeline } from '#/web/data/types.ts'
import { capitalised, count } from '#/web/text/words.ts'
import { Icon, ICONS } from '#/web/ui/bits.tsx'
import { AppRow } from './app-row.tsx'

type PipelineRowProps = {
  pipeline: Pipeline
  apps: App[]
  coupled: Map<string, Coupling>
  isOpenAtFirst: boolean
  isFiltered: boolean
}

/** One entry, which opens to its apps; closed, it says how they fare together. */
export const PipelineRow = (props: PipelineRowProps): ReactNode => {
  const { pipeline, apps, isOpenAtFirst, isFiltered } = props
  const [chosen, setChosen] = useState<boolean>()
  const isOpen = isFiltered || (chosen ?? isOpenAtFirst)
  const id = useId()
  return (
    <li className="card overflow-hidden">
      <div className="flex items-center gap-2 py-2 pr-4 pl-2">
        <button
          type="button"
          aria-expanded={isOpen}
          aria-controls={id}
          aria-label={`Apps of ${pipeline.name}`}
          disabled={isFiltered || apps.length === 0}
          onClick={() => setChosen(!isOpen)}
          className={`grid size-8 shrink-0 place-items-center rounded-md text-muted transition-transform hover:bg-sunken hover:text-text disabled:opacity-40 ${isOpen ? 'rotate-90' : ''}`}
        >
          <Icon path={ICONS.right} />
        </button>
        <Link
          to="/pipelines/$pipeline"
          params={{ pipeline: pipeline.name }}
          className="row-link min-w-0"
        >
          {pipeline.name}
        </Link>
        <span className="ml-auto flex flex-wrap items-center justify-end gap-x-4">
          {!isOpen && <HealthOfAll apps={apps} />}
          <span className="text-sm whitespace-nowrap text-muted">{count(apps.length, 'app')}</span>
        </span>
      </div>
      <div id={id}>{isOpen && apps.length > 0 && <Apps {...props} />}</div>
    </li>
  )
}

const Apps = ({ apps, coupled }: PipelineRowProps): ReactNode => {
  const stageOf = ({ id }: App) => coupled.get(id)?.pipeline_stage
  const placeOf = (app: App): number => stageOf(app)?.position ?? 0
  return (
    <ul className="divide-y border-t">
      {apps
        .toSorted((a, b) => placeOf(a) - placeOf(b))
        .map((app) => (
          <AppRow key={app.id} app={app} stage={capitalised(stageOf(app)?.name ?? '')} />
        ))}
    </ul>
  )
}
