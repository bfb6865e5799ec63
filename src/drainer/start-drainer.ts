import { followFeed } from '#/foundation/feed.ts'
import { newId } from '#/foundation/ids.ts'
import { DRAIN_FEED, type WantedDrain } from '#/platform/log-drain/drain-feed.ts'
import { sweepPositions } from './drain-cursor.ts'
import { Drain, type DrainOptions } from './drain.ts'

export type DrainerOptions = DrainOptions & { feedSocket: string }

/** Follows the wanted drains for ever. It reads the logs' files by itself, so that neither API, engine nor router is burdened. */
export const startDrainer = (options: DrainerOptions): { stop: () => Promise<void> } => {
  const drains = new Map<string, Drain>()
  const apply = (rows: WantedDrain[]): void => {
    const ids = new Set(rows.map(({ id }) => id))
    for (const [id, drain] of drains) {
      if (ids.has(id)) continue
      drains.delete(id)
      void drain.stop().then(() => sweepPositions(options.dir, new Set(drains.keys())))
    }
    for (const row of rows) if (!drains.has(row.id)) drains.set(row.id, new Drain(row, options))
    void sweepPositions(options.dir, ids)
  }
  const feed = followFeed<WantedDrain, null>({
    path: options.feedSocket,
    feed: DRAIN_FEED,
    follower: `drainer-${newId()}`,
    log: options.log,
    applyTable: ({ rows }) => apply(rows),
    applyChange: () => {}, // there are only tables
    wholeReport: () => null,
  })
  return {
    stop: async () => {
      feed.stop()
      await Promise.all([...drains.values()].map((drain) => drain.stop()))
    },
  }
}
