import type { Db } from '#/foundation/db.ts'
import { newId } from '#/foundation/ids.ts'
import { enqueue } from '#/foundation/jobs.ts'
import { canSendMail, enqueueMail } from '#/platform/mail/send-mail.ts'
import type { Platform } from '#/platform/platform.ts'
import { deliverWebhookJob } from './webhook-jobs.ts'
import { getPipelineName, insertDelivery, listWebhooks } from './webhook-store.ts'
import type { WebhookEvent } from './webhook-table.ts'

export type Announcement = {
  pipelineId: string
  event: WebhookEvent
  /** One line for people: chats show it, and it is the subject of mails. */
  text: string
  data: Record<string, unknown>
  /** Addresses of whom to tell by mail too, where the platform can send any. */
  mailTo?: string[]
  /** What the mail says besides. */
  details?: string
}

/** Tells a pipeline's webhooks, and people by mail, if and when the transaction has been committed. */
export const announce = async (
  { db: tx, keyring, mail }: { db: Db } & Pick<Platform, 'keyring' | 'mail'>,
  { pipelineId, event, text, data, mailTo = [], details = '' }: Announcement,
): Promise<void> => {
  const webhooks = (await listWebhooks(tx, pipelineId)).filter(({ events }) =>
    events.includes(event),
  )
  const pipeline = { id: pipelineId, name: await getPipelineName(tx, pipelineId) }
  for (const { id: webhookId } of webhooks) {
    const id = newId()
    const payload = JSON.stringify({ id, event, text, pipeline, ...data, at: new Date() })
    await insertDelivery(tx, { id, webhookId, event, payload })
    await enqueue(tx, deliverWebhookJob, { deliveryId: id })
  }
  if (!canSendMail({ mail })) return
  for (const to of new Set(mailTo))
    await enqueueMail(tx, { keyring }, { to, subject: text, text: `${text}\n\n${details}\n` })
}
