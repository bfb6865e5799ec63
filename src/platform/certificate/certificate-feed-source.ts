import type { FeedSource } from '#/foundation/feed.ts'
import type { Platform } from '#/platform/platform.ts'
import { CERTIFICATE_FEED, type ServedCertificate } from './certificate-feed.ts'
import { readCertificateFeed } from './certificate-store.ts'

type Needs = Pick<Platform, 'db' | 'keyring' | 'notifications' | 'log'>

/** The certificates for routers to follow. They have nothing to report. */
export const certificateFeed = (needs: Needs): FeedSource<ServedCertificate, unknown> => {
  const read = async (since: number | undefined) => {
    const { number, set, remove, unreadable } = await readCertificateFeed(needs, since)
    for (const certificateId of unreadable)
      needs.log.error({ certificateId }, 'the key of a certificate cannot be opened')
    return { number, set, remove }
  }
  return {
    name: CERTIFICATE_FEED,
    readTable: async () => {
      const { number, set } = await read(undefined)
      return { number, rows: set }
    },
    readChange: read,
    onNews: (listener) => needs.notifications.subscribe('certificate_feed', listener),
    onReport: async () => {},
  }
}
