import { transaction } from '#/foundation/db.ts'
import { invalidParams } from '#/foundation/errors.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import { lockPipelineFor } from '#/platform/pipeline/pipeline-store.ts'
import { CHANGE_PIPELINE } from '#/platform/pipeline/pipeline.ts'
import type { Platform } from '#/platform/platform.ts'
import { checkWebhookUrl } from './post-json.ts'
import { deleteWebhook, getWebhook, insertWebhook, listWebhooks } from './webhook-store.ts'
import { MOST_WEBHOOKS, type Webhook } from './webhook.ts'

/** Tells a URL of what happens in the pipeline from now on. */
export const addWebhook = (
  { db, keyring }: Pick<Platform, 'db' | 'keyring'>,
  actor: Actor,
  pipelineId: string,
  input: { url: string; events: string[]; secret: string },
): Promise<Webhook> => {
  const { href: url, host } = checkWebhookUrl(input.url)
  return transaction(db, async (tx) => {
    const pipeline = await lockPipelineFor(tx, actor, pipelineId, CHANGE_PIPELINE)
    if ((await listWebhooks(tx, pipeline.id)).length >= MOST_WEBHOOKS)
      throw invalidParams(`A pipeline has ${MOST_WEBHOOKS} webhooks at most.`)
    const events = [...new Set(input.events)]
    const made = await insertWebhook({ db: tx, keyring }, actor, {
      ...input,
      url,
      events,
      pipelineId: pipeline.id,
    })
    await insertEvent(tx, actor, {
      resource: 'pipeline-webhook',
      resourceId: made.id,
      action: 'create',
      pipelineId: pipeline.id,
      teamId: pipeline.teamId,
      after: { host, events }, // the path of such a URL is often the secret itself
    })
    return made
  })
}

export const removeWebhook = (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  pipelineId: string,
  id: string,
): Promise<Webhook> =>
  transaction(db, async (tx) => {
    const pipeline = await lockPipelineFor(tx, actor, pipelineId, CHANGE_PIPELINE)
    const webhook = await getWebhook(tx, pipeline.id, id)
    await deleteWebhook(tx, actor, webhook.id)
    await insertEvent(tx, actor, {
      resource: 'pipeline-webhook',
      resourceId: webhook.id,
      action: 'destroy',
      pipelineId: pipeline.id,
      teamId: pipeline.teamId,
      before: { host: new URL(webhook.url).host, events: webhook.events },
    })
    return webhook
  })
