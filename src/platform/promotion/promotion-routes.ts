import { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import { invalidParams } from '#/foundation/errors.ts'
import { pageOf, parseRange } from '#/foundation/range.ts'
import { onApp } from '#/platform/app/app-access.ts'
import { referenceOf } from '#/platform/app/reference.ts'
import { onPipeline } from '#/platform/pipeline/pipeline-access.ts'
import { account, route } from '#/platform/route.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'
import { cancelPromotion } from './cancel-promotion.ts'
import { createPromotion } from './create-promotion.ts'
import { followPromotion } from './follow-promotion.ts'
import { compareApps, planPromotion } from './plan-promotion.ts'
import { planRollback } from './plan-rollback.ts'
import { onPromotion } from './promotion-access.ts'
import { presentDiff, presentPlan } from './promotion-plan-schema.ts'
import {
  CreatePromotion,
  CreatePromotionPlan,
  CreateRollbackPlan,
  presentPromotion,
  presentRecord,
  presentTarget,
} from './promotion-schema.ts'
import { listPromotions, listTargetRecords, listTargets } from './promotion-store.ts'
import { readRecord } from './read-record.ts'
import { retryPromotion } from './retry-promotion.ts'

export const promotionRoutes = [
  route({
    method: 'POST',
    scope: 'deploy',
    reach: 'apps',
    path: '/pipeline-promotions',
    access: account,
    body: CreatePromotion,
    handle: async ({ platform, actor, body, request }) => {
      const { pipeline, source, targets, plan } = body
      const promotion = await createPromotion(platform, actor, {
        pipeline: referenceOf(pipeline),
        source: {
          app: referenceOf(source.app),
          release: source.release ? referenceOf(source.release) : undefined,
        },
        targets: targets.map(({ app }) => referenceOf(app)),
        allOrNothing: body.all_or_nothing ?? false,
        idempotencyKey: idempotencyKeyOf(request),
        seen: plan && {
          source: plan.source.release.id,
          targets: (plan.targets ?? []).map(({ app, release, pending_release: pending }) => ({
            app: app.id,
            release: (pending ?? release)?.id ?? null,
          })),
        },
      })
      return presentPromotion(promotion, await listTargets(platform.db, actor, promotion.id))
    },
  }),
  route({
    method: 'GET',
    path: '/pipeline-promotions/:promotion',
    access: onPromotion,
    handle: async ({ platform, actor, target: promotion }) =>
      readRecord(platform, actor, promotion),
  }),
  route({
    method: 'GET',
    path: '/pipelines/:pipeline/promotions',
    access: onPipeline('view'),
    handle: async ({ platform, actor, target: pipeline, request, reply }) => {
      const header = request.headers.range ?? 'number ..; order=desc'
      const range = parseRange(header, ['number'])
      const found = await listPromotions(platform.db, actor, pipeline.id, range)
      const page = pageOf(found, range, ({ number }) => String(number))
      void reply.code(page.status).headers(page.headers)
      return Promise.all(
        page.rows.map(async (promotion) =>
          presentRecord(promotion, await listTargetRecords(platform.db, actor, promotion.id), null),
        ),
      )
    },
  }),
  route({
    method: 'POST',
    scope: 'deploy',
    path: '/pipeline-promotions/:promotion/actions/cancel',
    access: onPromotion,
    status: 200,
    handle: async ({ platform, actor, target }) =>
      readRecord(platform, actor, await cancelPromotion(platform, actor, target)),
  }),
  route({
    method: 'POST',
    scope: 'deploy',
    path: '/pipeline-promotions/:promotion/actions/retry',
    access: onPromotion,
    handle: async ({ platform, actor, target }) =>
      readRecord(platform, actor, await retryPromotion(platform, actor, target)),
  }),
  route({
    method: 'GET',
    path: '/pipeline-promotions/:promotion/event-stream',
    access: onPromotion,
    handle: async ({ platform, actor, target, reply }) => {
      const gone = new AbortController()
      reply.raw.once('close', () => gone.abort())
      void reply.headers({ 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
      return Readable.from(followPromotion(platform, actor, target.id, gone.signal), {
        highWaterMark: 1,
      })
    },
  }),
  route({
    method: 'POST',
    scope: 'read',
    path: '/apps/:app/rollback-plans',
    access: onApp(...NEEDED.rollback),
    body: CreateRollbackPlan,
    status: 200,
    handle: async ({ platform, actor, target: app, body }) =>
      planRollback(platform, actor, app, { ref: body.release, only: body.only }),
  }),
  route({
    method: 'GET',
    path: '/pipeline-promotions/:promotion/promotion-targets',
    access: onPromotion,
    handle: async ({ platform, actor, target: promotion }) =>
      (await listTargets(platform.db, actor, promotion.id)).map(presentTarget),
  }),
  route({
    method: 'POST',
    scope: 'read',
    path: '/pipelines/:pipeline/promotion-plans',
    access: onPipeline('view'),
    body: CreatePromotionPlan,
    status: 200,
    handle: async ({ platform, actor, target: pipeline, body: { source, targets } }) =>
      presentPlan(
        await planPromotion(platform, actor, pipeline, {
          source: referenceOf(source.app),
          release: source.release ? referenceOf(source.release) : undefined,
          targets: targets?.map(({ app }) => referenceOf(app)),
        }),
      ),
  }),
  route({
    method: 'GET',
    path: '/pipelines/:pipeline/diff',
    access: onPipeline('view'),
    handle: async ({ platform, actor, target: pipeline, query: { source, targets } }) => {
      if (!source) throw invalidParams('Say which app to compare: ?source=APP')
      return presentDiff(
        await compareApps(platform, actor, pipeline, {
          source,
          targets: targets?.split(',').filter((ref) => ref !== ''),
        }),
      )
    },
  }),
]

const MOST_KEY_CHARACTERS = 255

const idempotencyKeyOf = ({ headers }: FastifyRequest): string | undefined => {
  const key = headers['idempotency-key']
  if (key === undefined) return undefined
  if (typeof key !== 'string' || key === '' || key.length > MOST_KEY_CHARACTERS)
    throw invalidParams(`An Idempotency-Key has 1 to ${MOST_KEY_CHARACTERS} characters.`)
  return key
}
