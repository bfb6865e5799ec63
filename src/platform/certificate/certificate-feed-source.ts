import type { FeedSource } from '#/foundation/feed.ts'
import type { Platform } from '#/platform/platform.ts'
import { CERTIFICATE_FEED, type ServedCertificate } from './certificate-feed.ts'
import { readCertificateFeed } from './certificate-store.ts'

/** The certificates for routers to follow. They have nothing to report. */
export const certificateFeed = (
  needs: Pick<Platform, 'db' | 'keyring' | 'notifications'>,
): FeedSource<ServedCertificate, unknown> => ({
  name: CERTIFICATE_FEED,
  readTable: async () => {
    const { number, set } = await readCertificateFeed(needs, undefined)
    return { number, rows: set }
  },
  readChange: (since) => readCertificateFeed(needs, since),
  onNews: (listener) => needs.notifications.subscribe('certificate_feed', listener),
  onReport: async () => {},
})
