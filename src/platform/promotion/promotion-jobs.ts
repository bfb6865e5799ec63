import { Type } from 'typebox'
import { defineJob } from '#/foundation/jobs.ts'

/** Sees to a promotion one of whose targets has come to its end. The database enqueues it with each outcome. */
export const settlePromotionJob = defineJob(
  'settle-promotion',
  Type.Object({ promotionId: Type.String() }),
)
