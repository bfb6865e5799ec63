import { Type } from 'typebox'
import { defineJob } from '#/foundation/jobs.ts'

/** Keeps the plan of a promotion with it. */
export const recordPlanJob = defineJob(
  'record-promotion-plan',
  Type.Object({ promotionId: Type.String() }),
)

/** Sees to a promotion one of whose targets has come to its end. The database enqueues it with each outcome. */
export const settlePromotionJob = defineJob(
  'settle-promotion',
  Type.Object({ promotionId: Type.String() }),
)
