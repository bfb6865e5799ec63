export type ReleaseStatus = 'pending' | 'succeeded' | 'failed'

/** What an app is at version N: a slug and a config. A deploy makes it run. */
export type Release = {
  id: string
  appId: string
  version: number
  slugId: string | null
  configSnapshotId: string
  description: string
  status: ReleaseStatus
  failureReason: string | null
  current: boolean
  formation: Record<string, { quantity: number; size: string }>
  addOns: { name: string; addOn: string; plan: string }[]
  createdBy: string | null
  createdByName: string
  createdAt: Date
  updatedAt: Date
}

/** Heroku marks those to which `releases:rollback` may go. */
export const isEligibleForRollback = (release: Release): boolean =>
  release.status === 'succeeded' && release.slugId !== null && !release.current

export const RELEASE_PHASE = 'release'
