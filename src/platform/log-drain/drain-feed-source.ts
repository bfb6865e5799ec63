import { askKeeper } from '#/foundation/ask-keeper.ts'
import type { FeedSource } from '#/foundation/feed.ts'
import type { Platform } from '#/platform/platform.ts'
import { DRAIN_FEED, type WantedDrain } from './drain-feed.ts'
import { listAllLogDrains } from './log-drain-store.ts'

type Needs = Pick<Platform, 'db' | 'keyring' | 'notifications' | 'paths' | 'log'>

const LOOK_MS = 5_000

/** All drains, for the drainer to follow. Where there are none, nothing runs for them. */
export const drainFeed = (
  needs: Needs,
  startDrainer: () => Promise<unknown> = () => askKeeper(needs.paths.root, { request: 'drainer' }),
): { source: FeedSource<WantedDrain, null>; stop: () => void } => {
  let followers = 0
  const ensureDrainer = async (): Promise<void> => {
    if (followers > 0) return
    const drains = await listAllLogDrains(needs)
    if (drains.length > 0 && followers === 0) await startDrainer() // one may have come meanwhile
  }
  const look = (): void => {
    ensureDrainer().catch((error: unknown) =>
      needs.log.warn({ err: error }, 'the drainer cannot be started; trying again'),
    )
  }
  const unsubscribe = needs.notifications.subscribe('log_drains_changed', look)
  const timer = setInterval(look, LOOK_MS)
  timer.unref()
  return {
    source: {
      name: DRAIN_FEED,
      readTable: async () => ({ number: 0, rows: await readDrains(needs) }),
      readChange: async () => undefined,
      onNews: (listener) => needs.notifications.subscribe('log_drains_changed', listener),
      onReport: async () => {},
      onJoin: () => void followers++,
      onLeave: () => void followers--,
    },
    stop: () => {
      clearInterval(timer)
      unsubscribe()
    },
  }
}

const readDrains = async (needs: Needs): Promise<WantedDrain[]> =>
  (await listAllLogDrains(needs)).map(({ id, appId, token, url, createdAt }) => ({
    id,
    appId,
    token,
    url,
    createdAt: createdAt.toISOString(),
  }))
