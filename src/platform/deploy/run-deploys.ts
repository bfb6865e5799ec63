import { transaction } from '#/foundation/db.ts'
import { ApiError, messageOf } from '#/foundation/errors.ts'
import { failpoint } from '#/foundation/failpoint.ts'
import type { JobContext } from '#/foundation/jobs.ts'
import { listDynosOfDeploy, unwantDynos } from '#/platform/dyno/dyno-store.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import { markFailed } from '#/platform/release/release-store.ts'
import { performDeploy } from './deploy-steps.ts'
import { finishDeploy, takeNextDeploy } from './deploy-store.ts'
import { DEPLOYER, type DeployNeeds } from './deployer.ts'
import { bringBack } from './stop-first.ts'
import { DeployFailure, FenceLost, finishedStep, ROUTE, type Deploy } from './deploy.ts'

/** After so many attempts that met an outage or a bug of ours, the deploy is given up, so that it does not stay pending for ever. */
const MOST_ATTEMPTS = 8

/** Runs the app's deploys, oldest first, until none is left. A deploy whose runner died is taken up where it stopped. */
export const runDeploys = async (
  needs: DeployNeeds,
  appId: string,
  context: JobContext,
): Promise<void> => {
  for (;;) {
    const deploy = await takeNextDeploy(needs.db, DEPLOYER, appId)
    if (!deploy) return
    failpoint('deploy-taken')
    try {
      await performDeploy(needs, deploy, context.signal)
    } catch (error) {
      if (isTakenAway(error)) return
      if (!(error instanceof DeployFailure) && context.attempt < MOST_ATTEMPTS) throw error
      if (!(error instanceof DeployFailure))
        needs.log.error({ err: error, deployId: deploy.id }, 'a deploy is given up')
      try {
        await failDeploy(needs, deploy, error)
      } catch (failure) {
        if (!isTakenAway(failure)) throw failure // cancelled just now
        return
      }
    }
  }
}

/** Another runner has it, or the app has been destroyed and the deploy cancelled with it. */
const isTakenAway = (error: unknown): boolean =>
  error instanceof FenceLost || (error instanceof ApiError && error.status === 404)

/** The old release goes on serving; what this deploy had wanted is stopped, unless it is what serves by now. */
const failDeploy = async (
  { db, logs }: DeployNeeds,
  deploy: Deploy,
  error: unknown,
): Promise<void> => {
  const reason =
    error instanceof DeployFailure ? error.message : `Platform error: ${messageOf(error)}`
  await transaction(db, async (tx) => {
    await finishDeploy(tx, DEPLOYER, deploy, { status: 'failed', failureReason: reason })
    const serves = finishedStep(deploy, ROUTE) !== undefined
    const isKept = serves || deploy.kind === 'scale' || (await bringBack(tx, deploy))
    if (!isKept) {
      const dynos = await listDynosOfDeploy(tx, DEPLOYER, deploy.id)
      await unwantDynos(
        tx,
        DEPLOYER,
        dynos.map(({ id }) => id),
      )
    }
    if (deploy.kind === 'release') await markFailed(tx, DEPLOYER, deploy.releaseId, reason)
    await insertEvent(tx, DEPLOYER, {
      resource: 'deploy',
      resourceId: deploy.id,
      action: 'update',
      appId: deploy.appId,
      before: { status: deploy.status },
      after: { status: 'failed', reason },
    })
  })
  logs.append(deploy.appId, {
    at: Date.now(),
    source: 'heroku',
    dyno: 'api',
    text: `${deploy.kind} failed: ${reason}`,
  })
}
