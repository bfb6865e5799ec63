import { transaction, type Db } from '#/foundation/db.ts'
import { listDynosOfDeploy } from '#/platform/dyno/dyno-store.ts'
import {
  haveRoutersApplied,
  listLostRouters,
  listRouters,
  saveEvidence,
  sumRequests,
  touchRoute,
  type RequestCounts,
} from './deploy-store.ts'
import { finishedStep, ROUTE, type Deploy, type Evidence } from './deploy.ts'
import { DEPLOYER, type DeployNeeds } from './deployer.ts'
import { waitForRouters } from './wait-for-routers.ts'

/** What had been counted for the dynos that a deploy replaces, when it took the requests from them; and who counted. */
export type CountedBefore = RequestCounts & { routers: string[] }

export const countBefore = async (tx: Db, dynoIds: string[]): Promise<CountedBefore> => ({
  ...(await sumRequests(tx, DEPLOYER, dynoIds)),
  routers: await listRouters(tx, DEPLOYER),
})

/** Keeps what the routers saw while requests went from these dynos to the deploy's own. Safe to begin anew. */
export const keepEvidence = async (
  needs: DeployNeeds,
  deploy: Deploy,
  dynoIds: string[],
  signal: AbortSignal,
): Promise<void> => {
  const { db } = needs
  const added = (await listDynosOfDeploy(db, DEPLOYER, deploy.id)).map(({ id }) => id)
  const before = JSON.parse(finishedStep(deploy, ROUTE)?.result ?? '{}') as Partial<CountedBefore>
  const since = deploy.startedAt ?? deploy.createdAt
  const known = { routers: before.routers ?? [], since, dynoIds: added }
  const complete = await waitUntilTold(needs, { deploy, known }, signal)
  await transaction(db, async (tx) => {
    const replaced = await sumRequests(tx, DEPLOYER, dynoIds)
    const fresh = await sumRequests(tx, DEPLOYER, added)
    await saveEvidence(tx, DEPLOYER, deploy.id, {
      servedByOld: replaced.served - (before.served ?? 0),
      servedByNew: fresh.served,
      drained: replaced.drained - (before.drained ?? 0),
      failed: replaced.failed - (before.failed ?? 0) + fresh.failed,
      longestMs: Math.max(replaced.longestDrainedMs, fresh.longestMs),
      complete,
    } satisfies Evidence)
  })
}

type Known = { routers: string[]; since: Date; dynoIds: string[] }

/** Every router has told what it had counted when the old dynos had answered their last. False if that cannot be had. */
const waitUntilTold = async (
  { db, notifications }: DeployNeeds,
  { deploy, known }: { deploy: Deploy; known: Known },
  signal: AbortSignal,
): Promise<boolean> => {
  await transaction(db, (tx) => touchRoute(tx, DEPLOYER, deploy.appId))
  const isTold = async (): Promise<boolean> =>
    (await listLostRouters(db, DEPLOYER, known)).length === 0 &&
    (await haveRoutersApplied(db, DEPLOYER, deploy.appId)) !== false
  return waitForRouters(notifications, isTold, signal)
}
