import { Type } from 'typebox'
import { WEBHOOK_EVENTS } from './webhook-table.ts'
import type { Webhook, WebhookDelivery } from './webhook.ts'

export const CreateWebhook = Type.Object({
  url: Type.String({ minLength: 1, maxLength: 2000 }),
  /** Signs each delivery; one is made if none is given. */
  secret: Type.Optional(Type.String({ minLength: 8, maxLength: 200 })),
  events: Type.Optional(
    Type.Array(Type.Union(WEBHOOK_EVENTS.map((event) => Type.Literal(event))), {
      minItems: 1,
      maxItems: 20,
    }),
  ),
})

export const presentWebhook = (webhook: Webhook) => ({
  id: webhook.id,
  url: webhook.url,
  events: webhook.events,
  pipeline: { id: webhook.pipelineId },
  created_by: { id: webhook.createdBy, email: webhook.createdByName },
  created_at: webhook.createdAt,
  updated_at: webhook.updatedAt,
})

export const presentDelivery = (delivery: WebhookDelivery) => ({
  id: delivery.id,
  event: delivery.event,
  status: delivery.status,
  attempts: delivery.attempts,
  last_answer: delivery.lastAnswer,
  created_at: delivery.createdAt,
  updated_at: delivery.updatedAt,
})
