import { unseal } from '#/foundation/crypto.ts'
import { transaction } from '#/foundation/db.ts'
import type { FeedSource } from '#/foundation/feed.ts'
import { configVarsOf, readConfigSnapshot } from '#/platform/app/config-snapshot-store.ts'
import { getDataKey } from '#/platform/data-key-store.ts'
import { systemActor } from '#/platform/event/actor.ts'
import { upsertMinutes } from '#/platform/metric/metric-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { readDynoFeed, type DynoFeedRow } from './dyno-feed-store.ts'
import { listUnreportedDynos, recordDynoReport, refreshRoutable } from './dyno-store.ts'
import { DYNO_FEED, type DynoReport, type EngineReport, type WantedDyno } from './engine.ts'
import { buildWantedDyno } from './wanted-dyno.ts'

type Needs = Pick<Platform, 'db' | 'keyring' | 'notifications'>

const ENGINE = systemActor('engine')

/** The wanted dynos for an engine to follow, and where its reports are written down. */
export const dynoFeed = (needs: Needs): FeedSource<WantedDyno, EngineReport> => ({
  name: DYNO_FEED,
  readTable: async () => {
    const { number, rows } = await readDynoFeed(needs.db, undefined)
    return { number, rows: await Promise.all(rows.map((row) => present(needs, row))) }
  },
  readChange: async (since) => {
    const { number, rows } = await readDynoFeed(needs.db, since)
    return {
      number,
      set: await Promise.all(rows.filter((row) => row.wanted).map((row) => present(needs, row))),
      remove: rows.filter((row) => !row.wanted).map((row) => row.id),
    }
  },
  onNews: (listener) => needs.notifications.subscribe('dyno_feed', listener),
  onReport: async (follower, number, report) => {
    await recordEngineReport(needs, number, report)
    await upsertMinutes(needs.db, follower.id, report.usage ?? [])
  },
})

const present = async (needs: Needs, row: DynoFeedRow): Promise<WantedDyno> => {
  const config = await readConfigSnapshot(needs, row.configSnapshotId)
  return buildWantedDyno(row, configVarsOf(config), await openEnv(needs, row))
}

/** Where a one-off dyno's own environment is sealed. */
export const dynoEnvPlace = (dynoId: string): string[] => ['dynos', 'sealed_env', dynoId]

const openEnv = async (needs: Needs, row: DynoFeedRow): Promise<Record<string, string>> => {
  if (row.sealedEnv === null) return {}
  const key = await getDataKey(needs.db, needs.keyring, row.appId)
  return JSON.parse(unseal(key, dynoEnvPlace(row.id), row.sealedEnv).toString()) as Record<
    string,
    string
  >
}

/** Writes a report down, and lets the app's routes follow. */
const recordEngineReport = async (
  { db }: Pick<Needs, 'db'>,
  number: number,
  report: EngineReport,
): Promise<void> => {
  const reports = report.whole
    ? [...report.dynos, ...(await goneReports(db, number, report))]
    : report.dynos
  if (reports.length === 0) return
  await transaction(db, async (tx) => {
    const apps = new Set<string>()
    for (const one of reports) {
      const appId = await recordDynoReport(tx, ENGINE, one)
      if (appId) apps.add(appId)
    }
    for (const appId of [...apps].sort()) await refreshRoutable(tx, ENGINE, appId)
  })
}

const goneReports = async (
  db: Needs['db'],
  number: number,
  report: EngineReport,
): Promise<DynoReport[]> => {
  const gone = await listUnreportedDynos(
    db,
    ENGINE,
    number,
    report.dynos.map(({ id }) => id),
  )
  return gone.map(({ id }) => ({
    id,
    state: 'down',
    address: null,
    exitStatus: null,
    reason: null,
    restarts: 0,
    at: new Date().toISOString(),
  }))
}
