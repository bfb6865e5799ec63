import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { queries } from '#/web/data/queries.ts'
import type { App, Coupling } from '#/web/data/types.ts'
import { Icon, ICONS } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Failure, Loading } from '#/web/ui/states.tsx'
import { AddAppSheet } from './add-app-sheet.tsx'
import { AppCard } from './app-card.tsx'
import { usePipeline } from './pipeline-context.ts'
import { PromoteSheet } from './promote-sheet.tsx'
import { stagesOf, type Stage } from './stages.ts'

export type Card = { app: App; coupling: Coupling }

export const BoardPage = (): ReactNode => {
  const pipeline = usePipeline()
  const apps = useQuery(queries.apps)
  const couplings = useQuery(queries.couplings)
  const ordered = useQuery(queries.stages(pipeline.id))
  const [addingTo, setAddingTo] = useState<Stage>()
  const { promote } = useSearch({ from: '/pipelines/$pipeline/' })
  const navigate = useNavigate()
  const error = apps.error ?? couplings.error ?? ordered.error
  if (!apps.data || !couplings.data || !ordered.data)
    return error ? <Failure error={error} /> : <Loading what="the apps" lines={5} />

  const own = couplings.data.filter((coupling) => coupling.pipeline.id === pipeline.id)
  const cards = own.flatMap((coupling) => {
    const app = apps.data.find(({ id }) => id === coupling.app.id)
    return app ? [{ app, coupling }] : []
  })
  const inStage = (stage: Stage): Card[] =>
    cards
      .filter(({ coupling }) => coupling.pipeline_stage.id === stage.id)
      .toSorted((a, b) => a.app.name.localeCompare(b.app.name))
  /** In the address, so that somebody else can be shown the plan. */
  const setPromoting = (name: string | undefined): void =>
    void navigate({
      to: '/pipelines/$pipeline',
      params: { pipeline: pipeline.name },
      search: name === undefined ? {} : { promote: name },
      replace: true,
      resetScroll: false,
    })
  const promoting = cards.find(({ app }) => app.name === promote)?.app
  const all = stagesOf(ordered.data)
  const stages = all.filter((stage) => stage.isAlwaysShown || inStage(stage).length > 0)

  return (
    <>
      <div
        className={`grid items-start gap-5 md:grid-cols-2 ${COLUMNS[Math.min(stages.length, 4)] ?? ''}`}
      >
        {stages.map((stage) => (
          <section key={stage.id} aria-label={stage.name} className="grid min-w-0 gap-3">
            <div className="flex items-center justify-between">
              <h2 className="font-semibold">
                {stage.name}{' '}
                <span className="font-normal text-muted">{inStage(stage).length || ''}</span>
              </h2>
              <Button
                kind="quiet"
                aria-label={`Add app to ${stage.name}`}
                onClick={() => setAddingTo(stage)}
              >
                <Icon path={ICONS.plus} />
                Add app
              </Button>
            </div>
            {inStage(stage).map((card) => (
              <AppCard
                key={card.app.id}
                card={card}
                stages={all}
                next={nextOf(all.slice(all.indexOf(stage) + 1), own)}
                onPromote={() => setPromoting(card.app.name)}
              />
            ))}
            {inStage(stage).length === 0 && (
              <p className="rounded-lg border border-dashed border-strong-line p-4 text-sm text-muted">
                {stage.whenEmpty}
              </p>
            )}
          </section>
        ))}
      </div>
      {addingTo && (
        <AddAppSheet
          pipeline={pipeline}
          stage={addingTo}
          apps={apps.data.filter(
            ({ id }) => !couplings.data.some((coupling) => coupling.app.id === id),
          )}
          onClose={() => setAddingTo(undefined)}
        />
      )}
      {promoting && (
        <PromoteSheet
          pipeline={pipeline}
          source={promoting}
          onClose={() => setPromoting(undefined)}
        />
      )}
    </>
  )
}

const COLUMNS: Record<number, string> = { 3: 'lg:grid-cols-3', 4: 'xl:grid-cols-4' }

/** The first of the later stages that has apps. */
const nextOf = (later: Stage[], couplings: Coupling[]): Stage | undefined =>
  later.find(({ id }) => couplings.some((coupling) => coupling.pipeline_stage.id === id))
