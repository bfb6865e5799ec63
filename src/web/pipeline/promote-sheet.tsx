import { useMutation, useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { App, Pipeline, Promotion, PromotionPlan } from '#/web/data/types.ts'
import { Button } from '#/web/ui/button.tsx'
import { Checks, Choice } from '#/web/ui/form.tsx'
import { Sheet } from '#/web/ui/sheet.tsx'
import { Loaded, Problem, Reason } from '#/web/ui/states.tsx'
import { PlanDetails, ReleaseIdentity } from './plan-details.tsx'
import { PromotionProgress } from './promotion-progress.tsx'
import { RulesOfTarget } from './target-rules.tsx'
import { usePromotionRefusal } from './promotion-refusal.ts'

type PromoteSheetProps = { pipeline: Pipeline; source: App; onClose: () => void }

export const PromoteSheet = ({ pipeline, source, onClose }: PromoteSheetProps): ReactNode => {
  const [release, setRelease] = useState<string>()
  const [promotion, setPromotion] = useState<Promotion>()
  const plan = useQuery(queries.plan(pipeline.id, source.id, release))
  return (
    <Sheet
      place="side"
      title={`Promote ${source.name}`}
      about="The very slug that runs there is released downstream; nothing is built again."
      onClose={onClose}
    >
      {promotion ? (
        <PromotionProgress pipeline={pipeline} promotion={promotion} onClose={onClose} />
      ) : (
        <div className="grid gap-4">
          <ReleaseChoice source={source} chosen={release} onChoose={setRelease} />
          <Loaded query={plan} what="the plan">
            {(found) => (
              <Plan key={release} pipeline={pipeline} plan={found} onPromoted={setPromotion} />
            )}
          </Loaded>
        </div>
      )}
    </Sheet>
  )
}

const MOST_RELEASES = 30

type ReleaseChoiceProps = {
  source: App
  chosen: string | undefined
  onChoose: (release: string | undefined) => void
}

/** What the source serves, or something that it has served before. */
const ReleaseChoice = ({ source, chosen, onChoose }: ReleaseChoiceProps): ReactNode => {
  const releases = useQuery(queries.releases(source.id, MOST_RELEASES))
  const earlier = (releases.data ?? []).filter(
    ({ current, status, slug }) => !current && status === 'succeeded' && slug,
  )
  if (earlier.length === 0) return null
  const current = releases.data?.find((one) => one.current)
  return (
    <Choice
      label="Release"
      value={chosen ?? ''}
      onChoose={(id) => onChoose(id === '' ? undefined : id)}
      options={[
        {
          value: '',
          text: current ? `v${current.version}, which runs there now` : 'What runs there now',
        },
        ...earlier.map(({ id, version, description }) => ({
          value: id,
          text: `v${version} ${description}`.slice(0, MOST_OF_A_DESCRIPTION),
        })),
      ]}
    />
  )
}
const MOST_OF_A_DESCRIPTION = 70

type PlanProps = {
  pipeline: Pipeline
  plan: PromotionPlan
  onPromoted: (promotion: Promotion) => void
}

const Plan = ({ pipeline, plan, onPromoted }: PlanProps): ReactNode => {
  const [unwanted, setUnwanted] = useState<string[]>([])
  const [isAllOrNothing, setAllOrNothing] = useState(false)
  const wanted = plan.targets.filter(({ app }) => !unwanted.includes(app.id))
  const refusal = usePromotionRefusal(pipeline, wanted)
  const promote = useMutation({
    mutationFn: () => promoteAsPlanned(pipeline, { ...plan, targets: wanted }, isAllOrNothing),
    onSuccess: async (made) => {
      onPromoted(made)
      await queryClient.invalidateQueries()
    },
    // What was refused is refused by what the plan would show by now.
    onError: () => void queryClient.invalidateQueries({ queryKey: ['plan'] }),
  })
  const { release } = plan.source
  return (
    <>
      <p className="text-sm text-muted">
        {release ? <ReleaseIdentity release={release} /> : 'It has no release.'}
      </p>
      {plan.targets.map((target) => (
        <TargetPlan
          key={target.app.id}
          pipeline={pipeline}
          plan={plan}
          target={target}
          isWanted={wanted.includes(target)}
          onWant={
            plan.targets.length > 1
              ? (isWanted) =>
                  setUnwanted((all) =>
                    isWanted ? all.filter((id) => id !== target.app.id) : [...all, target.app.id],
                  )
              : undefined
          }
        />
      ))}
      {wanted.length > 1 && (
        <Checks
          label="If one of them fails"
          options={[{ value: 'all', text: 'All or nothing: roll the others back' }]}
          chosen={isAllOrNothing ? ['all'] : []}
          onChange={(chosen) => setAllOrNothing(chosen.length > 0)}
        />
      )}
      <Problem error={promote.error} />
      <Reason text={refusal} />
      <Button
        kind="main"
        isBusy={promote.isPending}
        disabled={wanted.length === 0}
        refusal={refusal}
        onClick={() => promote.mutate()}
      >
        Promote
      </Button>
    </>
  )
}

/** What the plan showed, whatever has been released meanwhile: then the API refuses. */
const promoteAsPlanned = (
  pipeline: Pipeline,
  { source: { app, release }, targets }: PromotionPlan,
  isAllOrNothing: boolean,
): Promise<Promotion> =>
  request<Promotion>('POST', '/pipeline-promotions', {
    body: {
      pipeline: { id: pipeline.id },
      source: { app: { id: app.id }, ...(release ? { release: { id: release.id } } : {}) },
      targets: targets.map((target) => ({ app: { id: target.app.id } })),
      all_or_nothing: isAllOrNothing && targets.length > 1,
      ...(release
        ? {
            plan: {
              source: { release: { id: release.id } },
              targets: targets.map((target) => ({
                app: { id: target.app.id },
                release: target.release && { id: target.release.id },
                pending_release: target.pending_release && { id: target.pending_release.id },
              })),
            },
          }
        : {}),
    },
  })

type TargetPlanProps = {
  pipeline: Pipeline
  plan: PromotionPlan
  target: PromotionPlan['targets'][number]
  isWanted: boolean
  onWant: ((isWanted: boolean) => void) | undefined
}

const TargetPlan = ({ pipeline, plan, target, isWanted, onWant }: TargetPlanProps): ReactNode => {
  const { app, release } = target
  return (
    <section aria-label={app.name} className="grid gap-3 rounded-lg border p-4">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="min-w-0 font-medium">
          {onWant ? (
            <label className="flex items-center gap-2">
              <input
                type="checkbox"
                checked={isWanted}
                onChange={(event) => onWant(event.target.checked)}
                className="size-4 shrink-0 accent-accent"
              />
              {app.name}
            </label>
          ) : (
            app.name
          )}
        </h3>
        <span className="text-sm text-muted">{release ? `now v${release.version}` : 'new'}</span>
      </div>
      {isWanted && (
        <>
          <PlanDetails target={target} />
          <RulesOfTarget pipeline={pipeline} source={plan.source} target={target} />
        </>
      )}
    </section>
  )
}
