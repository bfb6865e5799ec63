import { config } from '#/foundation/config.ts'
import type { Db } from '#/foundation/db.ts'
import { enqueue } from '#/foundation/jobs.ts'
import { waitFor } from '#/foundation/notifications.ts'
import {
  getDyno,
  listKeptDynos,
  refreshRoutable,
  retireDynos,
  unwantDynos,
} from '#/platform/dyno/dyno-store.ts'
import { listFormations } from '#/platform/formation/formation-store.ts'
import { findCurrentRelease } from '#/platform/release/release-store.ts'
import type { Slug } from '#/platform/slug/slug.ts'
import { deployQueue, runDeploysJob } from './deploy-jobs.ts'
import { insertDeploy } from './deploy-store.ts'
import { DEPLOYER, type DeployNeeds } from './deployer.ts'
import { DeployFailure, finishedStep, WANT_DYNOS, type Deploy } from './deploy.ts'
import { countBefore, type CountedBefore } from './evidence.ts'
import { listEndingDynos, mayOverlap } from './overlap-store.ts'
import { planDynos, replacedBy } from './plan-dynos.ts'
import { waitUntilDrained } from './stop-retired.ts'

/**
 * For apps of which old and new may not run at the same time: the old dynos are stopped before the new ones are
 * wanted. Between the two the app does not answer; if the new do not start, the current release is started again.
 */
export const STOP_OLD = 'stop-old'
export const OLD_STOPPED = 'old-stopped'

export type StoppedOld = { ids: string[]; before: CountedBefore }

export const mustStopFirst = async (db: Db, deploy: Deploy): Promise<boolean> => {
  if (finishedStep(deploy, STOP_OLD)) return true
  if (finishedStep(deploy, WANT_DYNOS)) return false
  return !(await mayOverlap(db, DEPLOYER, deploy.appId))
}

/** Which dynos were stopped first, and what they had served by then; undefined if none were. */
export const stoppedFirst = (deploy: Deploy): StoppedOld | undefined => {
  const result = finishedStep(deploy, STOP_OLD)?.result
  return result ? (JSON.parse(result) as StoppedOld) : undefined
}

/** No requests go to the old dynos from here on; their last answers are waited for in the next step. */
export const stopOld = async (
  tx: Db,
  { deploy, slug }: { deploy: Deploy; slug: Slug | null },
): Promise<string> => {
  const formations = await listFormations(tx, DEPLOYER, deploy.appId)
  const running = await listKeptDynos(tx, DEPLOYER, deploy.appId)
  const planned = planDynos({ deploy, slug, formations, running }).map((dyno) => ({
    ...dyno,
    ...{ id: '', deployId: deploy.id, retiredAt: null },
  }))
  const replaced = replacedBy({ deploy, kept: [...running, ...planned], formations })
  const ids = replaced.map(({ id }) => id)
  const before = await countBefore(tx, ids)
  await retireDynos(tx, DEPLOYER, ids)
  await refreshRoutable(tx, DEPLOYER, deploy.appId)
  return JSON.stringify({ ids, before } satisfies StoppedOld)
}

const ENGINE_MS = 15_000

export const waitUntilOldStopped = async (
  needs: DeployNeeds,
  deploy: Deploy,
  signal: AbortSignal,
): Promise<string> => {
  const ids = stoppedFirst(deploy)?.ids ?? []
  await waitUntilDrained(needs, deploy, ids, signal)
  await unwantDynos(needs.db, DEPLOYER, ids)
  const stopped = await waitFor({
    notifications: needs.notifications,
    channel: 'dyno_changed',
    payload: deploy.appId,
    check: async () => {
      const old = await Promise.all(ids.map((id) => getDyno(needs.db, DEPLOYER, id)))
      const isOver = old.every(({ stoppedAt }) => stoppedAt !== null)
      // Also what a deploy before this one has left.
      return isOver && (await listEndingDynos(needs.db, DEPLOYER, deploy.appId)).length === 0
        ? true
        : undefined
    },
    limitMs: config.stopLimitMs + ENGINE_MS,
    signal,
  })
  if (!stopped) throw new DeployFailure('the old dynos did not stop in time')
  return String(ids.length)
}

/** After a failure: what was stopped is started again. True if this deploy's own dynos are to stay, for want of others. */
export const bringBack = async (tx: Db, deploy: Deploy): Promise<boolean> => {
  if (!finishedStep(deploy, STOP_OLD)) return false
  if (deploy.kind !== 'release') return true // they run the current release, and the engine tries on
  const current = await findCurrentRelease(tx, DEPLOYER, deploy.appId)
  if (!current) return false
  await insertDeploy(tx, DEPLOYER, {
    appId: deploy.appId,
    kind: 'restart',
    releaseId: current.id,
  })
  await enqueue(tx, runDeploysJob, { appId: deploy.appId }, { queue: deployQueue(deploy.appId) })
  return false
}
