type TargetStatus = 'pending' | 'succeeded' | 'failed'

/** The very slug of one app's release, released on other apps of its pipeline. */
export type Promotion = {
  id: string
  pipelineId: string
  sourceAppId: string
  sourceReleaseId: string
  slugId: string
  createdBy: string | null
  createdByName: string
  createdAt: Date
}

/** How a target fares is what its release says. */
export type PromotionTarget = {
  id: string
  promotionId: string
  appId: string
  releaseId: string
  status: TargetStatus
  errorMessage: string | null
  updatedAt: Date
}

/** Completed once every target has come to its end, good or bad. */
export const statusOf = (targets: Pick<PromotionTarget, 'status'>[]): 'pending' | 'completed' =>
  targets.some(({ status }) => status === 'pending') ? 'pending' : 'completed'
