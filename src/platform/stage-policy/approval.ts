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
  /** Why it is asked for. */
  reason: string | null
  /** Who of those who could have approved it said no; then it counts as withdrawn. */
  refusedByName: string | null
  refusal: string | null
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
  { withdrawnAt, refusedByName, expiresAt, needed, approvers }: ApprovalState,
  now = new Date(),
): 'waiting' | 'approved' | 'expired' | 'withdrawn' | 'refused' => {
  if (refusedByName !== null) return 'refused'
  if (withdrawnAt) return 'withdrawn'
  if (expiresAt <= now) return 'expired'
  return approvers.length >= needed ? 'approved' : 'waiting'
}
