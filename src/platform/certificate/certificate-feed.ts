import type { FeedRow } from '#/foundation/feed.ts'

/**
 * A second feed for routers: a row per certificate (`id` is the certificate's) with the host names that it is to be
 * shown for. It holds private keys, so it is apart from the routes, and only on the socket and in the router's folder,
 * which nobody else may read.
 */
export const CERTIFICATE_FEED = 'certificates'

export type ServedCertificate = FeedRow & {
  /** Domains of its app that use it; lower case, some begin with `*.`. */
  hosts: string[]
  /** PEM */
  chain: string
  key: string
}
