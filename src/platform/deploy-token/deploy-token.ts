import type { DeployBinding } from '#/platform/event/actor.ts'

/**
 * A token for a CI system: it sees and deploys one app, or the apps of one pipeline and promotes along it, and does
 * nothing else. It is void as soon as its maker may not deploy there.
 */
export type DeployToken = {
  id: string
  description: string | null
  boundTo: DeployBinding
  tokenHint: string
  madeBy: { id: string; email: string }
  lastUsedAt: Date | null
  expiresAt: Date | null
  createdAt: Date
}

/** How long one is good at most, and if nothing else is said. */
export const LONGEST_SECONDS = 365 * 24 * 3600

/** Of an app, or of a pipeline. */
export const MOST_DEPLOY_TOKENS = 50
