import { Type } from 'typebox'
import { defineJob } from '#/foundation/jobs.ts'

/** Some three hours of tries, with longer and longer pauses. */
const MOST_TRIES = 12

export const deliverWebhookJob = defineJob(
  'deliver-webhook',
  Type.Object({ deliveryId: Type.String() }),
  { maxAttempts: MOST_TRIES },
)
