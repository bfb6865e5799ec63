export const WEBHOOK_EVENTS = [
  'promotion.created',
  'promotion.succeeded',
  'promotion.failed',
  'approval.requested',
  'approval.given',
  'approval.refused',
] as const
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number]
