import type { FeedRow } from '#/foundation/feed.ts'

/**
 * The interface between the control plane and the drainer, which follows the feed `log-drains` and sends what it finds
 * in the logs of those apps. It gets all drains anew whenever one has changed, and reports nothing.
 */
export const DRAIN_FEED = 'log-drains'

export type WantedDrain = FeedRow & {
  appId: string
  /** `d.<uuid>` */
  token: string
  url: string
  /** ISO 8601. Lines from before are not sent. */
  createdAt: string
}
