import { transaction, type Db } from '#/foundation/db.ts'
import { ApiError } from '#/foundation/errors.ts'
import { failpoint } from '#/foundation/failpoint.ts'
import { lockApps } from '#/platform/app/app-store.ts'
import { cancelRelease } from '#/platform/deploy/cancel-release.ts'
import { logRelease, type MadeRelease } from '#/platform/deploy/release-app.ts'
import { rollBackIn } from '#/platform/deploy/roll-back.ts'
import { systemActor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { findReleaseToFollow, getReleaseById } from '#/platform/release/release-store.ts'
import { announcePromotion } from './announce-promotion.ts'
import {
  getPromotionById,
  listLivingTargets,
  listTargets,
  lockPromotion,
  markSettled,
  saveRollback,
} from './promotion-store.ts'
import { statusOf, type Promotion, type PromotionTarget } from './promotion.ts'

const PROMOTER = systemActor('promotion')

type Needs = Pick<Platform, 'db' | 'keyring' | 'logs' | 'mail'>
type InTransaction = { db: Db } & Pick<Platform, 'keyring' | 'mail'>

/**
 * What follows from the outcome of a target: of all or nothing, one that failed undoes the others; the last to end
 * settles the promotion, which is told once. Each run looks at everything anew, so that it does not matter where an
 * earlier one was killed.
 */
export const settlePromotion = async (
  { db, keyring, logs, mail }: Needs,
  { promotionId }: { promotionId: string },
): Promise<void> => {
  failpoint('settle-begun')
  const made = await transaction(db, async (tx) => {
    await lockApps(tx, PROMOTER, await listLivingTargets(tx, promotionId), 'deploy')
    const promotion = await lockPromotion(tx, PROMOTER, promotionId)
    if (promotion.settledAt) return []
    const needs = { db: tx, keyring, mail }
    const undone = promotion.allOrNothing ? await undoIfOneFailed(needs, promotion) : []
    if (undone.length > 0) failpoint('settle-undone')
    await settleIfEnded(needs, promotion)
    return undone
  })
  failpoint('settle-done')
  for (const release of made) logRelease({ logs }, release)
}

const undoIfOneFailed = async (
  needs: InTransaction,
  promotion: Promotion,
): Promise<MadeRelease[]> => {
  const targets = await listTargets(needs.db, PROMOTER, promotion.id)
  if (!targets.some(({ status }) => status === 'failed')) return []
  for (const { status, releaseId, appId } of targets)
    if (status === 'pending')
      await cancelRelease(
        needs.db,
        PROMOTER,
        { id: releaseId, appId },
        'Cancelled, as another app of the promotion failed.',
      )
  const made: MadeRelease[] = []
  for (const target of targets) {
    const isUndone = target.rollbackReleaseId !== null || target.rollbackNote !== null
    if (target.status !== 'succeeded' || isUndone) continue
    const undone = await undo(needs, target)
    await saveRollback(
      needs.db,
      PROMOTER,
      target.id,
      typeof undone === 'string' ? { rollbackNote: undone } : { rollbackReleaseId: undone.id },
    )
    if (typeof undone !== 'string') made.push(undone)
  }
  return made
}

/** The rollback, or in words why there is none. Only code goes back: a promotion changes nothing else. */
const undo = async (
  needs: InTransaction,
  { appId, releaseId, previousReleaseId }: PromotionTarget,
): Promise<MadeRelease | string> => {
  const promoted = await getReleaseById(needs.db, PROMOTER, releaseId)
  const newest = await findReleaseToFollow(needs.db, PROMOTER, appId)
  if (newest && newest.slugId !== promoted.slugId)
    return `It was not undone: v${newest.version} has come after it.`
  const before =
    previousReleaseId === null
      ? undefined
      : await getReleaseById(needs.db, PROMOTER, previousReleaseId)
  if (!before?.slugId) return 'It was not undone: the app had no code before.'
  try {
    return await rollBackIn(needs, PROMOTER, {
      app: { id: appId },
      ref: before.id,
      only: 'code',
      cause: 'repair',
    })
  } catch (error) {
    if (error instanceof ApiError) return `It was not undone: ${error.message}`
    throw error
  }
}

const settleIfEnded = async (needs: InTransaction, { id }: Promotion): Promise<void> => {
  const targets = await listTargets(needs.db, PROMOTER, id)
  if (statusOf(targets) === 'pending') return
  await markSettled(needs.db, PROMOTER, id)
  const promotion = await getPromotionById(needs.db, PROMOTER, id)
  const count = (wanted: string): number => targets.filter(({ status }) => status === wanted).length
  const hasFailed = count('failed') > 0
  await insertEvent(needs.db, PROMOTER, {
    resource: 'pipeline-promotion',
    resourceId: id,
    action: 'update',
    appId: promotion.sourceAppId,
    pipelineId: promotion.pipelineId,
    result: hasFailed ? 'failed' : 'success',
    after: {
      status: 'completed',
      succeeded: count('succeeded'),
      failed: count('failed'),
      rolledBack: targets.filter(({ rollbackReleaseId }) => rollbackReleaseId !== null).length,
    },
  })
  await announcePromotion(needs, promotion, hasFailed ? 'promotion.failed' : 'promotion.succeeded')
}
