import type { Approver } from '#/platform/change-gate/policy-store.ts'

/** That these very files may come to that very app is asked for. */
export type ApprovalRequest = {
  id: string
  pipelineId: string
  appId: string
  appName: string
  digest: string
  sourceAppId: string
  /** Null for those who may not see the app. */
  sourceAppName: string | null
  sourceReleaseId: string
  sourceVersion: number
  requestedBy: string | null
  requestedByName: string
  expiresAt: Date
  withdrawnAt: Date | null
  createdAt: Date
}

export type ApprovalState = ApprovalRequest & {
  needed: number
  /** Those that count. */
  approvers: Approver[]
}

export const stateOf = (
  { withdrawnAt, expiresAt, needed, approvers }: ApprovalState,
  now = new Date(),
): 'waiting' | 'approved' | 'expired' | 'withdrawn' => {
  if (withdrawnAt) return 'withdrawn'
  if (expiresAt <= now) return 'expired'
  return approvers.length >= needed ? 'approved' : 'waiting'
}
