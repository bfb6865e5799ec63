import { config } from '#/foundation/config.ts'
import { transaction } from '#/foundation/db.ts'
import { lockApp } from '#/platform/app/app-store.ts'
import { listOldDynos } from '#/platform/dyno/dyno-store.ts'
import { dynoName, type Dyno } from '#/platform/dyno/dyno.ts'
import { systemActor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import { restartApp } from './restart-app.ts'
import { hasUnfinishedDeploys } from './deploy-store.ts'

const CYCLER = systemActor('cycling')

/** Heroku's: beside its day a dyno lives up to so much longer, so that those of one deploy do not all go at once. */
const MOST_LONGER_MS = 216 * 60_000

/**
 * Restarts every dyno once a day, the new one before the old, so that nothing that piles up in one lives for ever. A
 * deploy or a restart begins its day anew. Of an app only one dyno goes at a time, and none while a deploy waits or runs.
 */
export const cycleDynos = async (
  needs: Needs,
  now = Date.now(),
  dayMs = config.dynoDayMs,
): Promise<void> => {
  if (dayMs === 0) return
  const old = await listOldDynos(needs.db, CYCLER, new Date(now - dayMs))
  const due = old.filter((dyno) => now >= dyno.createdAt.getTime() + dayMs + longerMs(dyno))
  const firsts = new Map(due.toReversed().map((dyno) => [dyno.appId, dyno]))
  for (const dyno of firsts.values())
    await cycle(needs, dyno).catch((error: unknown) => {
      // Of this app, perhaps destroyed meanwhile; the others' dynos go all the same, and this one's the next time.
      needs.log.warn({ err: error, appId: dyno.appId }, 'a dyno could not be cycled')
    })
}

type Needs = Pick<Platform, 'db' | 'logs' | 'log'>

const cycle = async ({ db, logs }: Needs, dyno: Dyno): Promise<void> => {
  const name = dynoName(dyno)
  const isRestarted = await transaction(db, async (tx) => {
    const app = await lockApp(tx, CYCLER, dyno.appId)
    if (await hasUnfinishedDeploys(tx, CYCLER, app.id)) return false
    await restartApp({ db: tx }, CYCLER, app, name)
    return true
  })
  if (isRestarted)
    logs.append(dyno.appId, { at: Date.now(), source: 'heroku', dyno: name, text: 'Cycling' })
}

/** The same for a dyno whenever it is asked. */
const longerMs = ({ id }: Pick<Dyno, 'id'>): number =>
  Number.parseInt(id.slice(-6), 16) % MOST_LONGER_MS
