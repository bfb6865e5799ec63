import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { followFeed } from '#/foundation/feed.ts'
import { newId } from '#/foundation/ids.ts'
import { keepLastTable, readLastTable } from '#/foundation/last-table.ts'
import type { Log } from '#/foundation/log.ts'
import { ROUTE_FEED, type AppRoute, type RouterReport } from '#/platform/domain/route-feed.ts'
import type { Clock } from './clock.ts'
import type { DynoTarget } from './dyno-target.ts'
import { Meters } from './meters.ts'
import { Reports } from './reports.ts'
import { RouteTable } from './route-table.ts'

export type FollowOptions = {
  /** Where routes come from: the unix socket of the feeds. */
  feedSocket: string
  /** A folder of the router's own, for the last table. */
  dir: string
  log: Log
  /** How long to wait for the first table before the one on disk is used. */
  firstTableMs?: number
  /** How often to tell what apps were asked for. */
  reportMinutesMs?: number
}

export type Routes = {
  table: RouteTable
  meters: Meters
  /** The copy on disk is left to whoever comes next. */
  leaveDisk: () => Promise<void>
  stop: () => void
}

/** The last table, in the router's own folder. */
const FILE = 'routes.jsonl'
export const FIRST_TABLE_MS = 1_000
export const LOOK_MS = 10
const REPORT_MS = 1_000
const REPORT_MINUTES_MS = 5_000
const KEEP_TABLE_MS = 1_000
/** How long the counters of a dyno that left are kept for whoever connects: when they were told, and when not. */
const KEEP_TOLD_MS = 60_000
const KEEP_UNTOLD_MS = 600_000

/** A table that follows the feed; until somebody feeds it, it is the last one on disk. */
export const followRoutes = async (options: FollowOptions, clock: Clock): Promise<Routes> => {
  const { dir, log } = options
  const meters = new Meters()
  const reports = new Reports(REPORT_MS, meters)
  const table = new RouteTable(clock, reports)
  const lastTable = keepLastTable({
    path: join(dir, FILE),
    everyMs: KEEP_TABLE_MS,
    log,
    read: () => table.copy(),
  })
  const feed = followFeed<AppRoute, RouterReport>({
    path: options.feedSocket,
    feed: ROUTE_FEED,
    follower: `router-${newId()}`,
    log,
    applyTable: (whole) => {
      table.replace(whole)
      lastTable.changed()
    },
    applyChange: (change) => {
      const leaving = table.change(change)
      lastTable.changed()
      // Before the feed says that it is applied, so that no dyno with requests is taken for free, and all is known that
      // was counted while dynos took over from others.
      if (leaving.some(({ busy }) => busy > 0) || table.concernedBy(change).some(isUntold))
        reports.send()
    },
    wholeReport: () => reports.whole(table.dynos()),
  })
  reports.start(table.left, feed)
  const forgetting = setInterval(() => forgetDynos(table, clock.now), KEEP_TOLD_MS)
  const metering = setInterval(() => {
    reports.sendMinutes()
    meters.forget(Date.now())
  }, options.reportMinutesMs ?? REPORT_MINUTES_MS)
  await firstTable(table, options)
  return {
    table,
    meters,
    leaveDisk: lastTable.stop,
    stop: () => {
      clearInterval(forgetting)
      clearInterval(metering)
      reports.stop()
      feed.stop()
    },
  }
}

const isUntold = ({ isTold }: DynoTarget): boolean => !isTold

const firstTable = async (
  table: RouteTable,
  { dir, log, firstTableMs }: FollowOptions,
): Promise<void> => {
  const deadline = performance.now() + (firstTableMs ?? FIRST_TABLE_MS)
  while (table.number === -1 && performance.now() < deadline) await pause(LOOK_MS)
  if (table.number !== -1) return
  const last = await readLastTable<AppRoute>(join(dir, FILE), log)
  // The feed may have come while the disk was read, and knows better.
  if (last && table.number === -1) table.replace(last)
}

const forgetDynos = (table: RouteTable, now: number): void =>
  table.forget(
    ({ leftAt, isTold }) => now - (leftAt ?? now) >= (isTold ? KEEP_TOLD_MS : KEEP_UNTOLD_MS),
  )
