import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { usePipelineRefusal } from '#/web/data/permission.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { Pipeline, PipelineStage, StagePolicy } from '#/web/data/types.ts'
import { clock, count } from '#/web/text/words.ts'
import { Icon, ICONS, Section, Status } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Loaded, Problem, Reason } from '#/web/ui/states.tsx'
import { usePipeline } from './pipeline-context.ts'
import { AddStageSheet, RenameStageSheet } from './stage-sheets.tsx'

/** The stages in their order, and what each asks of a change. */
export const StagesPage = (): ReactNode => {
  const pipeline = usePipeline()
  const stages = useQuery(queries.stages(pipeline.id))
  const refusal = usePipelineRefusal(pipeline)
  const [isAdding, setAdding] = useState(false)
  return (
    <Section
      title="Stages"
      action={
        <Button refusal={refusal} onClick={() => setAdding(true)}>
          <Icon path={ICONS.plus} />
          Add stage
        </Button>
      }
    >
      <p className="mb-4 max-w-2xl text-muted">
        A promotion goes to the next stage that has apps. Open a stage to say who approves, what
        blocks, and when it is frozen.
      </p>
      <Loaded query={stages} what="the stages" lines={4}>
        {(found) => (
          <ol className="card divide-y">
            {found.map((stage) => (
              <Row
                key={stage.id}
                pipeline={pipeline}
                stage={stage}
                last={found.length - 1}
                refusal={refusal}
              />
            ))}
          </ol>
        )}
      </Loaded>
      <div className="mt-2">
        <Reason text={refusal} />
      </div>
      {isAdding && (
        <AddStageSheet
          pipeline={pipeline}
          stages={stages.data ?? []}
          onClose={() => setAdding(false)}
        />
      )}
    </Section>
  )
}

type RowProps = {
  pipeline: Pipeline
  stage: PipelineStage
  last: number
  refusal: string | undefined
}

const Row = ({ pipeline, stage, last, refusal }: RowProps): ReactNode => {
  const policy = useQuery(queries.policy(pipeline.id, stage.id))
  const couplings = useQuery(queries.couplings)
  const apps = couplings.data?.filter(({ pipeline_stage: { id } }) => id === stage.id).length ?? 0
  const [isRenaming, setRenaming] = useState(false)
  const path = `/pipelines/${pipeline.id}/stages/${stage.id}`
  const change = useMutation({
    mutationFn: (position: number | undefined) =>
      position === undefined
        ? request('DELETE', path)
        : request('PATCH', path, { body: { position } }),
    onSettled: () => queryClient.invalidateQueries(),
  })
  const { name, kind, position } = stage
  return (
    <li aria-label={name} className="grid gap-2 px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <p className="min-w-0 flex-1 basis-56">
          <Link
            to="/pipelines/$pipeline/stages/$stage"
            params={{ pipeline: pipeline.name, stage: name }}
            className="row-link break-words"
          >
            {name}
          </Link>{' '}
          <span className="text-sm text-muted">
            {name !== kind && `${kind} · `}
            {count(apps, 'app')}
          </span>
          <span className="block text-sm text-muted">
            {policy.data && rulesInWords(policy.data)}
          </span>
          {policy.data?.freeze.now && (
            <Status tone="warn">
              Frozen until {clock(policy.data.freeze.now.until, policy.data.freeze.now.time_zone)}
            </Status>
          )}
        </p>
        <div className="flex flex-wrap gap-1">
          <Button
            kind="quiet"
            aria-label={`Move ${name} up`}
            refusal={refusal}
            disabled={position === 0 || change.isPending}
            onClick={() => change.mutate(position - 1)}
          >
            <Icon path={ICONS.up} />
          </Button>
          <Button
            kind="quiet"
            aria-label={`Move ${name} down`}
            refusal={refusal}
            disabled={position === last || change.isPending}
            onClick={() => change.mutate(position + 1)}
          >
            <Icon path={ICONS.down} />
          </Button>
          <Button aria-label={`Rename ${name}`} refusal={refusal} onClick={() => setRenaming(true)}>
            Rename
          </Button>
          <Button
            kind="danger"
            aria-label={`Remove ${name}`}
            refusal={refusal ?? whyNotRemoved(apps, last)}
            isBusy={change.isPending && change.variables === undefined}
            onClick={() => change.mutate(undefined)}
          >
            Remove
          </Button>
        </div>
      </div>
      <Problem error={change.error} />
      {isRenaming && (
        <RenameStageSheet pipeline={pipeline} stage={stage} onClose={() => setRenaming(false)} />
      )}
    </li>
  )
}

const whyNotRemoved = (apps: number, last: number): string | undefined => {
  if (apps > 0) return 'There are apps in it: move them to another stage first.'
  return last === 0 ? 'A pipeline has at least one stage.' : undefined
}

const PROMOTERS = { admins: 'admins promote', deployers: 'all with deploy promote' }

const rulesInWords = (policy: StagePolicy): string =>
  [
    ...(policy.approvals > 0 ? [`needs ${count(policy.approvals, 'approval')}`] : []),
    ...(policy.promoters ? [PROMOTERS[policy.promoters]] : []),
    ...(policy.direct_deploys ? [] : ['by promotion only']),
    ...(policy.blocking_findings.length > 0
      ? [`blocked by ${policy.blocking_findings.join(', ')}`]
      : []),
    ...(policy.auto_rollback_minutes > 0
      ? [`rolls back a crash within ${count(policy.auto_rollback_minutes, 'minute')}`]
      : []),
    ...(policy.freeze.next
      ? [`next freeze from ${clock(policy.freeze.next.from, policy.freeze.next.time_zone)}`]
      : []),
  ].join(' · ') || 'No rules'
