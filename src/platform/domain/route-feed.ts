import type { FeedRow } from '#/foundation/feed.ts'

/**
 * The interface between the control plane and the routers. A router follows the feed `routes`: one row per app
 * (`id` is the app's), swapped whole. It has no database; it keeps its last table on disk and goes on with it alone.
 */
export const ROUTE_FEED = 'routes'

export type AppRoute = FeedRow & {
  appName: string
  /** Lower case, without port. A host belongs to one app. */
  hosts: string[]
  maintenance: boolean
  // Of the following most apps have none.
  /** Pages of the app's own for errors and maintenance. */
  errorPageUrl?: string
  maintenancePageUrl?: string
  /** Plain HTTP is sent on to HTTPS. */
  httpsOnly?: boolean
  /** A client goes on with the dyno that answered it before. */
  hasAffinity?: boolean
  /** It is closed to the public: sha256 of salt and `name:password`, in hex. */
  auth?: { salt: string; hash: string }
  /** Requests at once, and how long a dyno that left may take to end its own, if not as the router's limits say. */
  requestLimit?: number
  drainMs?: number
  /** It has a release with code; without one a welcome page is shown (H81). */
  hasRelease: boolean
  /** Dynos that take requests. Empty: requests wait if `isStarting`; else H14, or H10 if `crashed`. */
  dynos: RouteDyno[]
  crashed: boolean
  /** None takes requests, but some that were not there before or had ended will soon. */
  isStarting?: boolean
}

export type RouteDyno = {
  id: string
  /** `web.1` */
  name: string
  /** An address, not a name. */
  host: string
  port: number
  releaseVersion: number
  deployId: string | null
  /** Its share of the requests, beside those of the app's other dynos: `dynos.weight`, 1 unless somebody sets another. */
  weight: number
}

export type RouterReport = {
  /** Dynos that left the table and still have requests of this router, with how many. Whole each time it changes. */
  draining: { dynoId: string; requests: number }[]
  /** Counters of each dyno since this router started, sent about once a second for those that changed, and at once when a draining dyno reaches 0. */
  counters: DynoCounters[]
  /** Minutes in which something was counted, each whole as far as it has come. */
  minutes?: TrafficMinute[]
}

/** What an app was asked for and answered in one minute, by one router. */
export type TrafficMinute = {
  appId: string
  /** Its start, ISO 8601. */
  minute: string
  /** Requests by the first digit of their status, 1 to 5. */
  statuses: number[]
  latencySumMs: number
  latencyMaxMs: number
  /** Of the histogram (foundation/histogram.ts) those buckets that are not empty, and how many are in each. */
  buckets: number[]
  counts: number[]
}

export type DynoCounters = {
  dynoId: string
  deployId: string | null
  releaseVersion: number
  served: number
  /** Of `served`: answered after the dyno had left the table. */
  drained: number
  /** Ended by an H-code or a broken connection that was the platform's or the dyno's fault. */
  failed: number
  longestMs: number
  /** Of the drained ones. */
  longestDrainedMs: number
}
