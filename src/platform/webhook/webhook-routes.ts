import { newSecret } from '#/foundation/ids.ts'
import { onPipeline } from '#/platform/pipeline/pipeline-access.ts'
import { CHANGE_PIPELINE } from '#/platform/pipeline/pipeline.ts'
import { route } from '#/platform/route.ts'
import { addWebhook, removeWebhook } from './change-webhooks.ts'
import { CreateWebhook, presentDelivery, presentWebhook } from './webhook-schema.ts'
import { getWebhook, listDeliveries, listWebhooks } from './webhook-store.ts'
import { WEBHOOK_EVENTS } from './webhook-table.ts'

export const webhookRoutes = [
  route({
    method: 'GET',
    path: '/pipelines/:pipeline/webhooks',
    access: onPipeline(CHANGE_PIPELINE),
    handle: async ({ platform, target }) =>
      (await listWebhooks(platform.db, target.id)).map(presentWebhook),
  }),
  route({
    method: 'POST',
    path: '/pipelines/:pipeline/webhooks',
    access: onPipeline(CHANGE_PIPELINE),
    body: CreateWebhook,
    handle: async ({ platform, actor, target, body }) => {
      const secret = body.secret ?? newSecret()
      const events = body.events ?? [...WEBHOOK_EVENTS]
      const made = await addWebhook(platform, actor, target.id, { url: body.url, events, secret })
      return { ...presentWebhook(made), secret } // now, and never again
    },
  }),
  route({
    method: 'DELETE',
    path: '/pipelines/:pipeline/webhooks/:webhook',
    access: onPipeline(CHANGE_PIPELINE),
    handle: async ({ platform, actor, target, params }) =>
      presentWebhook(await removeWebhook(platform, actor, target.id, params.webhook)),
  }),
  route({
    method: 'GET',
    path: '/pipelines/:pipeline/webhooks/:webhook/deliveries',
    access: onPipeline(CHANGE_PIPELINE),
    handle: async ({ platform, target, params }) => {
      const { id } = await getWebhook(platform.db, target.id, params.webhook)
      return (await listDeliveries(platform.db, id)).map(presentDelivery)
    },
  }),
]
