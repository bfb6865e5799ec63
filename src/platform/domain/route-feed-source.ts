import { transaction } from '#/foundation/db.ts'
import type { FeedSource, Follower } from '#/foundation/feed.ts'
import { markDrained } from '#/platform/dyno/dyno-store.ts'
import { systemActor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import {
  deleteFollower,
  insertFollower,
  insertGoneRouter,
  readRouteFeed,
  upsertDynoRequests,
  upsertFollower,
} from './route-feed-store.ts'
import { upsertMinutes, type NewMinute } from '#/platform/metric/metric-store.ts'
import { ROUTE_FEED, type AppRoute, type RouterReport, type TrafficMinute } from './route-feed.ts'

type Needs = Pick<Platform, 'db' | 'notifications' | 'log'>

const ROUTER = systemActor('router')

/** A router whose connection broke still has its requests, and its table: so long it counts as if it were there. */
const ABSENCE_MS = 5_000

/** The routes for routers to follow. Their reports say which retired dynos are free of requests. */
export const routeFeed = (
  needs: Needs,
  server: string,
  absenceMs = ABSENCE_MS,
): FeedSource<AppRoute, RouterReport> => {
  const busyOf = new Map<Follower, string[]>()
  /** Those that joined and are not written down. */
  const joining = new Set<Follower>()
  const absent = new Map<string, { follower: Follower; timer: NodeJS.Timeout }>()

  /** A dyno is drained once every router has applied the table without it and none has a request for it. */
  const settleDrained = async (): Promise<void> => {
    const followers = [...busyOf.keys()]
    if (followers.length === 0) return
    const appliedByAll = Math.min(...followers.map(({ appliedNumber }) => appliedNumber))
    await markDrained(needs.db, ROUTER, appliedByAll, [...busyOf.values()].flat())
  }
  const forget = (follower: Follower): void => {
    busyOf.delete(follower)
    joining.delete(follower)
    absent.delete(follower.id)
    note(
      deleteFollower(needs.db, server, { feed: ROUTE_FEED, id: follower.id }).then(settleDrained),
    )
  }
  /** Before they are given a table to serve by: a deploy's evidence waits for all that may have served. */
  const noteJoined = async (): Promise<void> => {
    for (const follower of joining) {
      const row = { feed: ROUTE_FEED, id: follower.id }
      await insertFollower(needs.db, server, row)
      joining.delete(follower)
      if (!busyOf.has(follower)) await deleteFollower(needs.db, server, row)
    }
  }
  const welcomeBack = (follower: Follower): void => {
    joining.add(follower)
    const before = absent.get(follower.id)
    if (before) {
      clearTimeout(before.timer)
      absent.delete(follower.id)
      busyOf.set(follower, busyOf.get(before.follower) ?? [])
      busyOf.delete(before.follower)
    } else busyOf.set(follower, [])
  }
  /**
   * What each has applied, by its id, while it is being written down: one write at a time, of the newest, so that none
   * is overtaken by one before it.
   */
  const applied = new Map<string, number>()
  const noteApplied = async ({ id, appliedNumber }: Follower): Promise<void> => {
    const isBeingWritten = applied.has(id)
    applied.set(id, appliedNumber)
    if (isBeingWritten) return
    try {
      for (let written; written !== applied.get(id);) {
        written = applied.get(id) ?? appliedNumber
        await upsertFollower(needs.db, server, { feed: ROUTE_FEED, id, appliedNumber: written })
      }
    } finally {
      applied.delete(id)
    }
    await settleDrained()
  }
  const note = (work: Promise<void>): void => {
    work.catch((error: unknown) => needs.log.warn({ err: error }, 'a router could not be noted'))
  }

  return {
    name: ROUTE_FEED,
    readTable: async () => {
      await noteJoined()
      const { number, rows } = await readRouteFeed(needs.db, undefined)
      return { number, rows: rows.map(withoutGone) }
    },
    readChange: async (since) => {
      const { number, rows } = await readRouteFeed(needs.db, since)
      return {
        number,
        set: rows.filter(({ gone }) => !gone).map(withoutGone),
        remove: rows.filter(({ gone }) => gone).map(({ id }) => id),
      }
    },
    onNews: (listener) => needs.notifications.subscribe('route_feed', listener),
    onJoin: welcomeBack,
    onApplied: (follower) => note(noteApplied(follower)),
    onReport: async (follower, _number, report) => {
      busyOf.set(
        follower,
        report.draining.map(({ dynoId }) => dynoId),
      )
      await transaction(needs.db, (tx) => upsertDynoRequests(tx, follower.id, report.counters))
      await upsertMinutes(needs.db, follower.id, (report.minutes ?? []).map(ofWeb))
      await settleDrained()
    },
    onLeave: (follower) => {
      if (follower.hasSaidGoodbye) {
        note(insertGoneRouter(needs.db, follower.id).then(() => forget(follower)))
        return
      }
      const timer = setTimeout(() => forget(follower), absenceMs).unref()
      absent.set(follower.id, { follower, timer })
    },
  }
}

/** Only web dynos take requests. */
const ofWeb = (minute: TrafficMinute): NewMinute => ({ ...minute, processType: 'web' })

const withoutGone = ({ gone: _gone, ...route }: AppRoute & { gone: boolean }): AppRoute => route
