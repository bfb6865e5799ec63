/** Who is told of what happens in a pipeline. */
export type Webhook = {
  id: string
  pipelineId: string
  url: string
  events: string[]
  createdBy: string
  createdByName: string
  createdAt: Date
  updatedAt: Date
}

export type WebhookDelivery = {
  id: string
  webhookId: string
  event: string
  payload: string
  status: 'pending' | 'succeeded' | 'failed'
  attempts: number
  /** The HTTP status, or what went wrong. */
  lastAnswer: string | null
  createdAt: Date
  updatedAt: Date
}

/** One pipeline has so many at most. */
export const MOST_WEBHOOKS = 20
