import { sql } from 'kysely'
import { seal, unseal } from '#/foundation/crypto.ts'
import type { Db } from '#/foundation/db.ts'
import { notFound } from '#/foundation/errors.ts'
import { isId, newId } from '#/foundation/ids.ts'
import { getAccountDataKey } from '#/platform/data-key-store.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import type { Webhook, WebhookDelivery } from './webhook.ts'

const COLUMNS = [
  'pipelineWebhooks.id',
  'pipelineWebhooks.pipelineId',
  'pipelineWebhooks.url',
  'pipelineWebhooks.events',
  'pipelineWebhooks.createdBy',
  'pipelineWebhooks.createdByName',
  'pipelineWebhooks.createdAt',
  'pipelineWebhooks.updatedAt',
] as const

type Needs = { db: Db } & Pick<Platform, 'keyring'>

const place = (id: string): string[] => ['pipeline_webhooks', 'secret', id]

export const insertWebhook = async (
  { db, keyring }: Needs,
  actor: Actor,
  { secret, ...input }: { pipelineId: string; url: string; events: string[]; secret: string },
): Promise<Webhook> => {
  const id = newId()
  const createdBy = actor.accountId ?? ''
  const key = await getAccountDataKey(db, keyring, createdBy)
  return db
    .insertInto('pipelineWebhooks')
    .values({
      ...input,
      id,
      sealedSecret: seal(key, place(id), secret),
      createdBy,
      createdByName: actor.name,
    })
    .returning(COLUMNS)
    .executeTakeFirstOrThrow()
}

export const listWebhooks = (db: Db, pipelineId: string): Promise<Webhook[]> =>
  db
    .selectFrom('pipelineWebhooks')
    .select(COLUMNS)
    .where('pipelineId', '=', pipelineId)
    .orderBy('createdAt')
    .execute()

export const getWebhook = async (db: Db, pipelineId: string, id: string): Promise<Webhook> => {
  const found = isId(id)
    ? await db
        .selectFrom('pipelineWebhooks')
        .select(COLUMNS)
        .where('pipelineId', '=', pipelineId)
        .where('id', '=', id)
        .executeTakeFirst()
    : undefined
  if (!found) throw notFound('webhook')
  return found
}

export const deleteWebhook = async (tx: Db, _actor: Actor, id: string): Promise<void> => {
  await tx.deleteFrom('pipelineWebhooks').where('id', '=', id).execute()
}

const DELIVERY_COLUMNS = [
  'id',
  'webhookId',
  'event',
  'payload',
  'status',
  'attempts',
  'lastAnswer',
  'createdAt',
  'updatedAt',
] as const

const KEPT_DAYS = 30

/** The webhook's older ones are forgotten. */
export const insertDelivery = async (
  tx: Db,
  input: Pick<WebhookDelivery, 'id' | 'webhookId' | 'event' | 'payload'>,
): Promise<void> => {
  await tx
    .deleteFrom('webhookDeliveries')
    .where('webhookId', '=', input.webhookId)
    .where('createdAt', '<', sql<Date>`now() - make_interval(days => ${KEPT_DAYS})`)
    .execute()
  await tx.insertInto('webhookDeliveries').values(input).execute()
}

export const listDeliveries = (db: Db, webhookId: string): Promise<WebhookDelivery[]> =>
  db
    .selectFrom('webhookDeliveries')
    .select(DELIVERY_COLUMNS)
    .where('webhookId', '=', webhookId)
    .orderBy('createdAt', 'desc')
    .limit(100)
    .execute()

/** With where it goes and what signs it. Undefined if its webhook is gone. */
export const findDelivery = async (
  { db, keyring }: Needs,
  id: string,
): Promise<(WebhookDelivery & { url: string; secret: string }) | undefined> => {
  const found = await db
    .selectFrom('webhookDeliveries')
    .innerJoin('pipelineWebhooks', 'pipelineWebhooks.id', 'webhookDeliveries.webhookId')
    .select([
      'webhookDeliveries.id',
      'webhookDeliveries.webhookId',
      'webhookDeliveries.event',
      'webhookDeliveries.payload',
      'webhookDeliveries.status',
      'webhookDeliveries.attempts',
      'webhookDeliveries.lastAnswer',
      'webhookDeliveries.createdAt',
      'webhookDeliveries.updatedAt',
      'pipelineWebhooks.url',
      'pipelineWebhooks.sealedSecret',
      'pipelineWebhooks.createdBy',
    ])
    .where('webhookDeliveries.id', '=', id)
    .executeTakeFirst()
  if (!found) return undefined
  const { sealedSecret, createdBy, ...delivery } = found
  const key = await getAccountDataKey(db, keyring, createdBy)
  return { ...delivery, secret: unseal(key, place(found.webhookId), sealedSecret).toString() }
}

export const saveAttempt = async (
  db: Db,
  id: string,
  { status, lastAnswer }: Pick<WebhookDelivery, 'status' | 'lastAnswer'>,
): Promise<void> => {
  await db
    .updateTable('webhookDeliveries')
    .set({ status, lastAnswer, attempts: sql`attempts + 1`, updatedAt: sql<Date>`now()` })
    .where('id', '=', id)
    .execute()
}

export const getPipelineName = async (db: Db, pipelineId: string): Promise<string> =>
  (await db.selectFrom('pipelines').select('name').where('id', '=', pipelineId).executeTakeFirst())
    ?.name ?? pipelineId
