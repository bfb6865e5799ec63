/**
 * What kind of change a release is. `push`: code that is built here, from a push or a tarball; `repair`: the platform
 * goes back, or ends what was let through before (an add-on that is ready only now).
 */
export type Cause =
  | 'create'
  | 'push'
  | 'slug'
  | 'rollback'
  | 'config'
  | 'add-on'
  | 'promotion'
  | 'repair'

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
  /** What kind of change made it; null: it is from before this was kept. */
  cause: Cause | null
  createdBy: string | null
  createdByName: string
  createdAt: Date
  updatedAt: Date
}

/**
 * Those that `releases:rollback` may go to. The current one is among them: the official CLI, asked for none in
 * particular, takes the second of the newest that are marked so.
 */
export const isEligibleForRollback = (release: Pick<Release, 'status' | 'slugId'>): boolean =>
  release.status === 'succeeded' && release.slugId !== null

export const RELEASE_PHASE = 'release'
