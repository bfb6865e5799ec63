import { config } from '#/foundation/config.ts'
import { transaction, type Db } from '#/foundation/db.ts'
import { failpoint } from '#/foundation/failpoint.ts'
import { enqueue } from '#/foundation/jobs.ts'
import { waitFor } from '#/foundation/notifications.ts'
import { lockApp, updateApp } from '#/platform/app/app-store.ts'
import { findStageOf, watchRelease } from '#/platform/change-gate/policy-store.ts'
import {
  findReleasePhaseDyno,
  insertDynos,
  listDynosOfDeploy,
  listKeptDynos,
  lockKeptDynosOfDeploy,
  refreshRoutable,
  retireDynos,
  unwantDynos,
} from '#/platform/dyno/dyno-store.ts'
import { dynoName, hasFailed, isHealthy, type Dyno } from '#/platform/dyno/dyno.ts'
import { listFormations } from '#/platform/formation/formation-store.ts'
import {
  findCurrentRelease,
  getReleaseById,
  makeCurrent,
  markSucceeded,
} from '#/platform/release/release-store.ts'
import { RELEASE_PHASE, type Release } from '#/platform/release/release.ts'
import { getSlug } from '#/platform/slug/slug-store.ts'
import type { Slug } from '#/platform/slug/slug.ts'
import { newId } from '#/foundation/ids.ts'
import { rollBackCrashedJob, stopRetiredJob } from './deploy-jobs.ts'
import { assertOurs, finishDeploy, haveRoutersApplied, saveSteps } from './deploy-store.ts'
import {
  DeployFailure,
  finishedStep,
  ROUTE,
  WANT_DYNOS,
  type Deploy,
  type DeployStep,
} from './deploy.ts'
import { planDynos, replacedBy } from './plan-dynos.ts'
import { DEPLOYER, type DeployNeeds } from './deployer.ts'
import { countBefore } from './evidence.ts'
import { waitForRouters } from './wait-for-routers.ts'
import {
  mustStopFirst,
  OLD_STOPPED,
  STOP_OLD,
  stoppedFirst,
  stopOld,
  waitUntilOldStopped,
} from './stop-first.ts'

/** What a step may use: the deploy with its saved steps, the release to run and its code. */
type Run = DeployNeeds & {
  deploy: Deploy
  release: Release
  slug: Slug | null
  signal: AbortSignal
}

/**
 * Makes the app run: release phase, new dynos beside the old, healthy, requests to the new and none to the old.
 * A step that a runner before this one had saved is not done again. @throws DeployFailure for the app's own failures.
 */
export const performDeploy = async (
  needs: DeployNeeds,
  deploy: Deploy,
  signal: AbortSignal,
): Promise<void> => {
  const release = await releaseToRun(needs.db, deploy)
  const slug = release.slugId ? await getSlug(needs.db, DEPLOYER, release.slugId) : null
  const run: Run = { ...needs, deploy, release, slug, signal }
  const command = slug?.processTypes[RELEASE_PHASE]
  if (deploy.kind === 'release' && command !== undefined)
    await step(run, 'release-phase', () => runReleasePhase(run, command))
  if (await mustStopFirst(needs.db, deploy)) {
    await stepInTransaction(run, STOP_OLD, stopOld)
    await step(run, OLD_STOPPED, () => waitUntilOldStopped(needs, deploy, signal))
  }
  await stepInTransaction(run, WANT_DYNOS, wantDynos)
  await step(run, 'healthy', waitUntilHealthy)
  while (!(await stepInTransaction(run, ROUTE, routeToNew))) await waitUntilHealthy(run)
  await step(run, 'routed', waitUntilRouted)
  await transaction(needs.db, async (tx) => {
    await finishDeploy(tx, DEPLOYER, deploy, { status: 'succeeded' })
    if (deploy.kind === 'release') await markSucceeded(tx, DEPLOYER, release.id)
  })
}

/** A restart or scale is about whatever the app runs when its turn has come. */
const releaseToRun = async (db: Db, deploy: Deploy): Promise<Release> => {
  if (deploy.kind === 'release') return getReleaseById(db, DEPLOYER, deploy.releaseId)
  const current = await findCurrentRelease(db, DEPLOYER, deploy.appId)
  return current ?? getReleaseById(db, DEPLOYER, deploy.releaseId)
}

/** For steps that wait: what they do must be safe to begin anew. That one has finished is saved with what comes next. */
const step = async (run: Run, name: string, work: (run: Run) => Promise<string>): Promise<void> => {
  if (finishedStep(run.deploy, name)) return
  const startedAt = new Date().toISOString()
  noteStep(run.deploy, { name, startedAt, finishedAt: null, result: null })
  await saveSteps(run.db, DEPLOYER, run.deploy)
  const result = await work(run)
  noteStep(run.deploy, { name, startedAt, finishedAt: new Date().toISOString(), result })
  failpoint(`deploy-after-${name}`)
}

/**
 * For steps that only change rows: done and saved in one transaction.
 * @returns false if `work` has done nothing, and returned undefined, since it was not the time for it
 */
const stepInTransaction = async (
  run: Run,
  name: string,
  work: (tx: Db, run: Run) => Promise<string | undefined>,
): Promise<boolean> => {
  if (finishedStep(run.deploy, name)) return true
  const startedAt = new Date().toISOString()
  const isDone = await transaction(run.db, async (tx) => {
    await lockApp(tx, DEPLOYER, run.deploy.appId)
    const result = await work(tx, run)
    if (result === undefined) return false
    noteStep(run.deploy, { name, startedAt, finishedAt: new Date().toISOString(), result })
    await saveSteps(tx, DEPLOYER, run.deploy)
    return true
  })
  if (isDone) failpoint(`deploy-after-${name}`)
  return isDone
}

const noteStep = (deploy: Deploy, noted: DeployStep): void => {
  deploy.steps = [...deploy.steps.filter(({ name }) => name !== noted.name), noted]
}

/** The slug's `release` command as a one-off dyno; the database lets a deploy have only one. */
const runReleasePhase = async (run: Run, command: string): Promise<string> => {
  const dyno =
    (await findReleasePhaseDyno(run.db, DEPLOYER, run.deploy.id)) ??
    (await wantReleasePhase(run, command))
  failpoint('deploy-release-phase-wanted')
  const ended = await waitForDynos(run, config.releasePhaseLimitMs + GRACE_MS, async () => {
    const now = await findReleasePhaseDyno(run.db, DEPLOYER, run.deploy.id)
    return now?.stoppedAt ? now : undefined
  })
  if (!ended) {
    await unwantDynos(run.db, DEPLOYER, [dyno.id])
    throw new DeployFailure('release command did not end in time')
  }
  if (ended.exitStatus !== 0)
    throw new DeployFailure(
      ended.reason ?? `release command failed with exit status ${ended.exitStatus ?? 'unknown'}`,
    )
  return 'succeeded'
}

const GRACE_MS = 60_000

const wantReleasePhase = async ({ db, deploy, release }: Run, command: string): Promise<Dyno> => {
  const [dyno] = await transaction(db, async (tx) => {
    await saveSteps(tx, DEPLOYER, deploy) // not once it is cancelled
    return insertDynos(tx, DEPLOYER, [
      {
        id: newId(),
        appId: deploy.appId,
        releaseId: release.id,
        deployId: deploy.id,
        kind: 'once',
        type: RELEASE_PHASE,
        number: release.version,
        size: 'Standard-1X',
        command,
      },
    ])
  })
  if (!dyno) throw new Error('The release phase was not wanted.')
  return dyno
}

const wantDynos = async (tx: Db, { deploy, release, slug }: Run): Promise<string> => {
  const formations = await listFormations(tx, DEPLOYER, deploy.appId)
  const running = await listKeptDynos(tx, DEPLOYER, deploy.appId)
  const planned = planDynos({ deploy, slug, formations, running })
  const dynos = await insertDynos(
    tx,
    DEPLOYER,
    planned.map((dyno) => ({
      ...dyno,
      id: newId(),
      appId: deploy.appId,
      releaseId: release.id,
      deployId: deploy.id,
      kind: 'kept' as const,
    })),
  )
  return dynos.map(dynoName).join(' ')
}

/** Boot limit of the dyno itself, and some time for the engine to say so. */
const waitUntilHealthy = async (run: Run): Promise<string> => {
  const healthy = await waitForDynos(run, config.bootLimitMs + 15_000, async () => {
    const dynos = await listDynosOfDeploy(run.db, DEPLOYER, run.deploy.id)
    const kept = dynos.filter(({ kind }) => kind === 'kept')
    return areHealthy(kept) ? kept : undefined
  })
  if (!healthy) throw new DeployFailure('the new dynos did not start in time')
  return String(healthy.length)
}

/** @throws DeployFailure if one has ended since it was wanted, whether it was started again or not. */
const areHealthy = (added: Dyno[]): boolean => {
  const failed = added.find((dyno) => hasFailed(dyno) || dyno.restarts > 0)
  if (failed) throw new DeployFailure(bootFailure(failed))
  return added.every(isHealthy)
}

const bootFailure = (dyno: Dyno): string =>
  dyno.reason
    ? `${dynoName(dyno)}: ${dyno.reason}`
    : `${dynoName(dyno)} exited with status ${dyno.exitStatus ?? 'unknown'} while it started`

/**
 * From here on the release is the app's current one; the dynos it replaces get no new requests. They keep them, and
 * undefined is returned, if the new ones are not healthy any more: since they were, any time may have passed.
 */
const routeToNew = async (tx: Db, { deploy, release }: Run): Promise<string | undefined> => {
  if (!areHealthy(await lockKeptDynosOfDeploy(tx, DEPLOYER, deploy.id))) return undefined
  const kept = await listKeptDynos(tx, DEPLOYER, deploy.appId)
  const formations = await listFormations(tx, DEPLOYER, deploy.appId)
  const replaced = replacedBy({ deploy, kept, formations })
  const stopped = stoppedFirst(deploy)
  const ids = stopped?.ids ?? replaced.map(({ id }) => id)
  const before = stopped?.before ?? (await countBefore(tx, ids))
  if (deploy.kind === 'release') {
    await makeCurrent(tx, DEPLOYER, release)
    await updateApp(tx, DEPLOYER, deploy.appId, { releasedAt: new Date() })
    await watchIfAsked(tx, release)
  }
  await retireDynos(tx, DEPLOYER, ids)
  await unwantDynos(
    tx,
    DEPLOYER,
    replaced.filter(({ type }) => type !== 'web').map(({ id }) => id),
  )
  await refreshRoutable(tx, DEPLOYER, deploy.appId)
  await enqueue(tx, stopRetiredJob, { deployId: deploy.id, dynoIds: ids })
  return JSON.stringify(before)
}

/** The job looks for a crash between the dynos' health and now; later ones bring it themselves. */
const watchIfAsked = async (tx: Db, release: Release): Promise<void> => {
  if (release.cause === 'rollback' || release.cause === 'repair') return
  const stage = await findStageOf(tx, DEPLOYER, release.appId)
  if (!stage || stage.autoRollbackMinutes === 0) return
  await watchRelease(tx, DEPLOYER, release.id, stage.autoRollbackMinutes)
  await enqueue(tx, rollBackCrashedJob, { releaseId: release.id })
}

const waitUntilRouted = async ({ db, notifications, deploy, signal }: Run): Promise<string> => {
  const hasApplied = async (): Promise<boolean> =>
    (await haveRoutersApplied(db, DEPLOYER, deploy.appId)) !== false
  const applied = await waitForRouters(notifications, hasApplied, signal)
  return applied ? 'all routers' : 'without every router'
}

const waitForDynos = <T>(
  run: Run,
  limitMs: number,
  check: () => Promise<T | undefined>,
): Promise<T | undefined> =>
  waitFor({
    notifications: run.notifications,
    channel: 'dyno_changed',
    payload: run.deploy.appId,
    check: async () => {
      await assertOurs(run.db, DEPLOYER, run.deploy)
      return check()
    },
    limitMs,
    signal: run.signal,
  })
