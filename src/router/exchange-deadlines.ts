import type { RouterErrorCode } from './error-codes.ts'
import type { RouterLimits } from './limits.ts'

/** queued: for a dyno that starts. */
export type Phase = 'queued' | 'connecting' | 'waiting' | 'responding' | 'tunnel' | 'over'

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

type Rule = (standing: Standing, limits: RouterLimits) => RouterErrorCode | undefined

/** What the time that has passed means, if it means anything yet. */
export const overdue: Rule = (standing, limits) => RULES[standing.phase](standing, limits)

const RULES: Record<Phase, Rule> = {
  queued: ({ inPhaseMs }, { startingMs }) => (inPhaseMs >= startingMs ? 'H20' : undefined),
  connecting: ({ inPhaseMs }, { connectMs }) => (inPhaseMs >= connectMs ? 'H19' : undefined),
  waiting: (standing, limits) => {
    if (standing.isClientsTurn) return isUploadTooSlow(standing, limits) ? 'H28' : undefined
    return standing.stillMs >= limits.firstByteMs ? 'H12' : undefined
  },
  responding: ({ stillMs, isClientSlow, isClientsTurn }, { idleMs }) => {
    if (stillMs < idleMs) return undefined
    return isClientSlow || isClientsTurn ? 'H28' : 'H15'
  },
  tunnel: ({ stillMs }, { idleMs }) => (stillMs >= idleMs ? 'H15' : undefined),
  over: () => undefined,
}

const isUploadTooSlow = (standing: Standing, limits: RouterLimits): boolean => {
  const { inPhaseMs, stillMs, uploadedBytes } = standing
  if (stillMs >= limits.idleMs) return true
  return inPhaseMs >= limits.idleMs && uploadedBytes * 1_000 < inPhaseMs * limits.bodyBytesPerSecond
}
