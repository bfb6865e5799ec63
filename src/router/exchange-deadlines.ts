import type { RouterErrorCode } from './error-codes.ts'
import type { RouterLimits } from './limits.ts'

export type Phase = 'connecting' | 'waiting' | 'responding' | 'tunnel' | 'over'

/** Where an exchange stands, in milliseconds and bytes. */
export type Standing = {
  phase: Phase
  inPhaseMs: number
  /** Since anything last moved, either way. */
  stillMs: number
  /** The client is still to send (some of) the body. */
  isClientsTurn: boolean
  uploadedBytes: number
  /** The client does not take what there is for it. */
  isClientSlow: boolean
}

/** What the time that has passed means, if it means anything yet. */
export const overdue = (standing: Standing, limits: RouterLimits): RouterErrorCode | undefined => {
  const { phase, inPhaseMs, stillMs } = standing
  switch (phase) {
    case 'connecting':
      return inPhaseMs >= limits.connectMs ? 'H19' : undefined
    case 'waiting':
      if (standing.isClientsTurn) return isUploadTooSlow(standing, limits) ? 'H28' : undefined
      return stillMs >= limits.firstByteMs ? 'H12' : undefined
    case 'responding':
      if (stillMs < limits.idleMs) return undefined
      return standing.isClientSlow || standing.isClientsTurn ? 'H28' : 'H15'
    case 'tunnel':
      return stillMs >= limits.idleMs ? 'H15' : undefined
    case 'over':
      return undefined
  }
}

const isUploadTooSlow = (standing: Standing, limits: RouterLimits): boolean => {
  const { inPhaseMs, stillMs, uploadedBytes } = standing
  if (stillMs >= limits.idleMs) return true
  return inPhaseMs >= limits.idleMs && uploadedBytes * 1_000 < inPhaseMs * limits.bodyBytesPerSecond
}
