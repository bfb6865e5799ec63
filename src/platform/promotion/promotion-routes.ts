import { invalidParams } from '#/foundation/errors.ts'
import { referenceOf } from '#/platform/app/reference.ts'
import { onPipeline } from '#/platform/pipeline/pipeline-access.ts'
import { account, route } from '#/platform/route.ts'
import { createPromotion } from './create-promotion.ts'
import { compareApps, planPromotion } from './plan-promotion.ts'
import { onPromotion } from './promotion-access.ts'
import { presentDiff, presentPlan } from './promotion-plan-schema.ts'
import {
  CreatePromotion,
  CreatePromotionPlan,
  presentPromotion,
  presentTarget,
} from './promotion-schema.ts'
import { listTargets } from './promotion-store.ts'

export const promotionRoutes = [
  route({
    method: 'POST',
    scope: 'deploy',
    reach: 'apps',
    path: '/pipeline-promotions',
    access: account,
    body: CreatePromotion,
    handle: async ({ platform, actor, body: { pipeline, source, targets } }) => {
      const promotion = await createPromotion(platform, actor, {
        pipeline: referenceOf(pipeline),
        source: {
          app: referenceOf(source.app),
          release: source.release ? referenceOf(source.release) : undefined,
        },
        targets: targets.map(({ app }) => referenceOf(app)),
      })
      return presentPromotion(promotion, await listTargets(platform.db, actor, promotion.id))
    },
  }),
  route({
    method: 'GET',
    path: '/pipeline-promotions/:promotion',
    access: onPromotion,
    handle: async ({ platform, actor, target: promotion }) =>
      presentPromotion(promotion, await listTargets(platform.db, actor, promotion.id)),
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
