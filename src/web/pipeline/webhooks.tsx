import { useMutation, useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { request } from '#/web/data/client.ts'
import { usePipelineRefusal } from '#/web/data/permission.ts'
import { queries, queryClient } from '#/web/data/queries.ts'
import type { Pipeline, Webhook, WebhookDelivery } from '#/web/data/types.ts'
import { Ago, Icon, ICONS, Outcome, Section } from '#/web/ui/bits.tsx'
import { Button } from '#/web/ui/button.tsx'
import { Empty, Loaded, Problem, Reason } from '#/web/ui/states.tsx'
import { AddWebhookSheet } from './add-webhook-sheet.tsx'

type Props = { pipeline: Pipeline }

/** Who is told of promotions and approvals; shown to those who may change the pipeline. */
export const Webhooks = ({ pipeline }: Props): ReactNode => {
  const refusal = usePipelineRefusal(pipeline)
  const [isAdding, setAdding] = useState(false)
  return (
    <Section
      title="Webhooks"
      action={
        <Button refusal={refusal} onClick={() => setAdding(true)}>
          <Icon path={ICONS.plus} />
          Add webhook
        </Button>
      }
    >
      {refusal === undefined ? <List pipeline={pipeline} /> : <Reason text={refusal} />}
      {isAdding && <AddWebhookSheet pipeline={pipeline} onClose={() => setAdding(false)} />}
    </Section>
  )
}

const List = ({ pipeline }: Props): ReactNode => {
  const webhooks = useQuery(queries.webhooks(pipeline.id))
  return (
    <Loaded query={webhooks} what="the webhooks" lines={1}>
      {(found) =>
        found.length === 0 ? (
          <Empty title="Nobody is told">
            <p className="text-muted">
              A webhook posts each promotion and approval to a URL, as JSON with a text that a chat
              shows.
            </p>
          </Empty>
        ) : (
          <ul className="card divide-y">
            {found.map((webhook) => (
              <Row key={webhook.id} pipeline={pipeline} webhook={webhook} />
            ))}
          </ul>
        )
      }
    </Loaded>
  )
}

const Row = ({ pipeline, webhook }: Props & { webhook: Webhook }): ReactNode => {
  const [isOpen, setOpen] = useState(false)
  const remove = useMutation({
    mutationFn: () => request('DELETE', `/pipelines/${pipeline.id}/webhooks/${webhook.id}`),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['pipelines'] }),
  })
  return (
    <li className="grid gap-2 px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-56">
          <p className="font-medium break-all">{webhook.url}</p>
          <p className="text-sm text-muted">{webhook.events.join(', ')}</p>
        </div>
        <Button
          kind="danger"
          aria-label={`Remove ${webhook.url}`}
          isBusy={remove.isPending}
          onClick={() => remove.mutate()}
        >
          Remove
        </Button>
      </div>
      <Problem error={remove.error} />
      <details className="text-sm" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className="cursor-pointer text-muted">What was sent</summary>
        {isOpen && <Deliveries pipeline={pipeline} webhook={webhook} />}
      </details>
    </li>
  )
}

const Deliveries = ({ pipeline, webhook }: Props & { webhook: Webhook }): ReactNode => {
  const deliveries = useQuery(queries.deliveries(pipeline.id, webhook.id))
  return (
    <Loaded query={deliveries} what="what was sent" lines={1}>
      {(found) =>
        found.length === 0 ? (
          <p className="mt-2 text-muted">Nothing yet.</p>
        ) : (
          <ul className="mt-2 grid gap-2">
            {found.map((delivery) => (
              <Delivery key={delivery.id} delivery={delivery} />
            ))}
          </ul>
        )
      }
    </Loaded>
  )
}

const Delivery = ({ delivery }: { delivery: WebhookDelivery }): ReactNode => (
  <li className="flex flex-wrap items-center justify-between gap-x-4">
    <span className="min-w-0 break-words">
      {delivery.event}{' '}
      <span className="text-muted">
        <Ago time={delivery.created_at} />
        {delivery.last_answer !== null && ` · ${delivery.last_answer}`}
      </span>
    </span>
    <Outcome status={delivery.status} />
  </li>
)
