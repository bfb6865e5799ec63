import type { DeployStep, Evidence } from '#/platform/deploy/deploy.ts'

type TargetStatus = 'pending' | 'succeeded' | 'failed'

/** The very slug of one app's release, released on other apps of its pipeline. */
export type Promotion = {
  id: string
  number: number
  pipelineId: string
  sourceAppId: string
  sourceReleaseId: string
  slugId: string
  digest: string
  /** One failed target undoes the others. */
  allOrNothing: boolean
  /** The promotion whose failed targets this one tries again. */
  retryOf: string | null
  createdBy: string | null
  createdByName: string
  createdAt: Date
  /** Every target has come to its end, and what follows from it is under way. */
  settledAt: Date | null
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
  previousReleaseId: string | null
  /** What undid it, or why it was not undone. */
  rollbackReleaseId: string | null
  rollbackNote: string | null
}

/** A target with all that is known of how it went, for the record. */
export type TargetRecord = PromotionTarget & {
  /** Null for those who may not see the app. */
  appName: string | null
  version: number
  previousVersion: number | null
  digestBefore: string | null
  approvals: { name: string; at: string }[]
  freezeOverride: string | null
  rollbackVersion: number | null
  steps: DeployStep[]
  evidence: Evidence | null
  startedAt: Date | null
  finishedAt: Date | null
}

/** Completed once every target has come to its end, good or bad. */
export const statusOf = (targets: Pick<PromotionTarget, 'status'>[]): 'pending' | 'completed' =>
  targets.some(({ status }) => status === 'pending') ? 'pending' : 'completed'
