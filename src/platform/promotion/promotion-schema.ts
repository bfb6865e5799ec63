import { Type } from 'typebox'
import { Reference } from '#/platform/app/reference.ts'
import { statusOf, type Promotion, type PromotionTarget } from './promotion.ts'

const Target = Type.Object({ app: Reference })

export const CreatePromotion = Type.Object({
  pipeline: Reference,
  source: Type.Object({
    app: Reference,
    release: Type.Optional(Type.Union([Reference, Type.Null()])),
  }),
  targets: Type.Array(Target, { maxItems: 200 }),
})

export const CreatePromotionPlan = Type.Object({
  source: Type.Object({ app: Reference }),
  targets: Type.Optional(Type.Array(Target, { maxItems: 200 })),
})

/** Heroku's promotion. */
export const presentPromotion = (promotion: Promotion, targets: PromotionTarget[]) => ({
  id: promotion.id,
  pipeline: { id: promotion.pipelineId },
  source: { app: { id: promotion.sourceAppId }, release: { id: promotion.sourceReleaseId } },
  status: statusOf(targets),
  created_at: promotion.createdAt,
  updated_at: new Date(
    Math.max(promotion.createdAt.getTime(), ...targets.map(({ updatedAt }) => updatedAt.getTime())),
  ),
})

export const presentTarget = (target: PromotionTarget) => ({
  id: target.id,
  app: { id: target.appId },
  release: { id: target.releaseId },
  status: target.status,
  error_message: target.errorMessage,
  pipeline_promotion: { id: target.promotionId },
})
