import { useMutation, useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { usePipelineRefusal } from '#/web/data/permission.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { Freeze, Pipeline, PipelineStage } from '#/web/data/types.ts'
import { clock } from '#/web/text/words.ts'
import { Icon, ICONS, Section, Status } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Empty, Loaded, Problem, Reason } from '#/web/ui/states.tsx'
import { AddFreezeSheet } from './add-freeze-sheet.tsx'

type Props = { pipeline: Pipeline; stage: PipelineStage }

/** When the stage is not to be changed. */
export const Freezes = ({ pipeline, stage }: Props): ReactNode => {
  const freezes = useQuery(queries.freezes(pipeline.id))
  const refusal = usePipelineRefusal(pipeline)
  const [isAdding, setAdding] = useState(false)
  return (
    <Section
      title="Freezes"
      action={
        <Button refusal={refusal} onClick={() => setAdding(true)}>
          <Icon path={ICONS.plus} />
          Add freeze
        </Button>
      }
    >
      <Loaded query={freezes} what="the freezes" lines={1}>
        {(all) => {
          const own = all.filter((freeze) => freeze.stage.id === stage.id)
          return own.length === 0 ? (
            <Empty title="It is never frozen">
              <p className="text-muted">
                In a freeze no change reaches its apps: no promotion, push, rollback or config var.
              </p>
            </Empty>
          ) : (
            <ul className="card divide-y">
              {own.map((freeze) => (
                <Row key={freeze.id} pipeline={pipeline} freeze={freeze} refusal={refusal} />
              ))}
            </ul>
          )
        }}
      </Loaded>
      <div className="mt-2">
        <Reason text={refusal} />
      </div>
      {isAdding && (
        <AddFreezeSheet pipeline={pipeline} stage={stage} onClose={() => setAdding(false)} />
      )}
    </Section>
  )
}

type RowProps = { pipeline: Pipeline; freeze: Freeze; refusal: string | undefined }

const windowInWords = ({ kind, starts, ends, time_zone: zone }: Freeze): string =>
  kind === 'weekly'
    ? `Every week ${starts} – ${ends} ${zone}`
    : `${starts.replace('T', ' ')} – ${ends.replace('T', ' ')} ${zone}`

const Row = ({ pipeline, freeze, refusal }: RowProps): ReactNode => {
  const remove = useMutation({
    mutationFn: () => request('DELETE', `/pipelines/${pipeline.id}/freezes/${freeze.id}`),
    onSettled: async () => {
      await queryClient.invalidateQueries({ queryKey: ['pipelines'] })
      await queryClient.invalidateQueries({ queryKey: ['plan'] })
    },
  })
  const text = windowInWords(freeze)
  return (
    <li className="grid gap-2 px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-56">
          <p className="font-medium break-words">{text}</p>
          <p className="text-sm break-words text-muted">
            {freeze.reason !== null && `${freeze.reason} · `}by {freeze.created_by.email}
          </p>
          {freeze.now ? (
            <Status tone="warn">
              Holds now, until {clock(freeze.now.until, freeze.time_zone)}
            </Status>
          ) : (
            <Status tone="none">
              {freeze.next ? `Next from ${clock(freeze.next.from, freeze.time_zone)}` : 'Is over'}
            </Status>
          )}
        </div>
        <Button
          kind="danger"
          aria-label={`Remove ${text}`}
          refusal={refusal}
          isBusy={remove.isPending}
          onClick={() => remove.mutate()}
        >
          Remove
        </Button>
      </div>
      <Problem error={remove.error} />
    </li>
  )
}
