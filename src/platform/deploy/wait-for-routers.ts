import { waitFor, type Notifications } from '#/foundation/notifications.ts'

/** A router that is not there now takes the newest table when it comes: nobody waits longer for it. */
const LIMIT_MS = 10_000

/** False at the limit. */
export const waitForRouters = async (
  notifications: Notifications,
  check: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<boolean> => {
  const done = await waitFor({
    notifications,
    channel: 'feed_applied',
    check: async () => ((await check()) ? true : undefined),
    limitMs: LIMIT_MS,
    signal,
  })
  return done === true
}
