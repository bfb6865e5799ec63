import { useMutation } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { WEBHOOK_EVENTS } from '#/platform/webhook/webhook-table.ts'
import { request } from '#/web/data/client.ts'
import { queryClient } from '#/web/data/queries.ts'
import type { Pipeline, Webhook } from '#/web/data/types.ts'
import { Button } from '#/web/ui/button.tsx'
import { Checks, Field, Form } from '#/web/ui/form.tsx'
import { Once } from '#/web/ui/once.tsx'
import { Sheet } from '#/web/ui/sheet.tsx'
import { Problem } from '#/web/ui/states.tsx'

const EVENTS = WEBHOOK_EVENTS.map((event) => ({ value: event, text: event }))

export const AddWebhookSheet = ({
  pipeline,
  onClose,
}: {
  pipeline: Pipeline
  onClose: () => void
}): ReactNode => {
  const [url, setUrl] = useState('')
  const [events, setEvents] = useState<string[]>([...WEBHOOK_EVENTS])
  const add = useMutation({
    mutationFn: () =>
      request<Webhook>('POST', `/pipelines/${pipeline.id}/webhooks`, {
        body: { url: url.trim(), events },
      }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['pipelines'] }),
  })
  return (
    <Sheet
      title="Add a webhook"
      about="Each event is posted to the URL as JSON, signed, and tried again if it is not taken."
      onClose={onClose}
    >
      {add.data ? (
        <div className="grid gap-5">
          <Once
            label="Secret"
            about="It signs what is sent. It is shown only now."
            text={add.data.secret ?? ''}
          />
          <Button onClick={onClose} className="justify-self-start">
            Done
          </Button>
        </div>
      ) : (
        <Form onSend={() => add.mutate()}>
          <Field
            label="URL"
            type="url"
            required
            value={url}
            placeholder="https://hooks.example.com/shop"
            onChange={(event) => setUrl(event.target.value)}
          />
          <Checks label="Events" options={EVENTS} chosen={events} onChange={setEvents} />
          <Problem error={add.error} />
          <Button
            type="submit"
            kind="main"
            disabled={url.trim() === '' || events.length === 0}
            isBusy={add.isPending}
            className="justify-self-start"
          >
            Add webhook
          </Button>
        </Form>
      )}
    </Sheet>
  )
}
