import { createHmac } from 'node:crypto'
import { messageOf } from '#/foundation/errors.ts'
import { failpoint } from '#/foundation/failpoint.ts'
import type { JobContext } from '#/foundation/jobs.ts'
import type { Platform } from '#/platform/platform.ts'
import { postJson } from './post-json.ts'
import { findDelivery, saveAttempt } from './webhook-store.ts'

/** As Heroku signs its webhooks: of the body's bytes. */
const signatureOf = (secret: string, payload: string): string =>
  createHmac('sha256', secret).update(payload).digest('base64')

/** Hands over one delivery; it may come twice if this process dies in between, with the same id. */
export const deliverWebhook = async (
  { db, keyring }: Pick<Platform, 'db' | 'keyring'>,
  { deliveryId }: { deliveryId: string },
  { isLastAttempt, privateHosts }: Pick<JobContext, 'isLastAttempt'> & { privateHosts?: string[] },
): Promise<void> => {
  const delivery = await findDelivery({ db, keyring }, deliveryId)
  if (delivery?.status !== 'pending') return
  const headers = {
    'heroku-webhook-hmac-sha256': signatureOf(delivery.secret, delivery.payload),
  }
  const answer = await postJson(delivery.url, delivery.payload, headers, privateHosts).catch(
    (error: unknown) => messageOf(error).slice(0, 200),
  )
  failpoint('webhook-sent')
  const isTaken = typeof answer === 'number' && answer >= 200 && answer < 300
  const otherwise = isLastAttempt ? 'failed' : 'pending'
  await saveAttempt(db, deliveryId, {
    status: isTaken ? 'succeeded' : otherwise,
    lastAnswer: String(answer),
  })
  if (!isTaken && !isLastAttempt) throw new Error('A webhook did not take a delivery.')
}
