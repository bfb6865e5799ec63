import { ApiError } from '#/foundation/errors.ts'
import { systemActor } from '#/platform/event/actor.ts'
import { getPipeline } from '#/platform/pipeline/pipeline-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { planPromotion } from './plan-promotion.ts'
import { presentPlan } from './promotion-plan-schema.ts'
import { getPromotionById, listTargets, savePlan } from './promotion-store.ts'

const RECORDER = systemActor('promotion')

/**
 * Keeps with a promotion what it changed, as a plan would have told before: against the releases that its targets had
 * then. Of what has been destroyed since there is none.
 */
export const recordPlan = async (
  needs: Pick<Platform, 'db' | 'keyring' | 'paths' | 'store'>,
  { promotionId }: { promotionId: string },
): Promise<void> => {
  const { db } = needs
  const promotion = await getPromotionById(db, RECORDER, promotionId)
  const targets = await listTargets(db, RECORDER, promotionId)
  try {
    const pipeline = await getPipeline(db, RECORDER, promotion.pipelineId, 'view')
    const plan = await planPromotion(needs, RECORDER, pipeline, {
      source: promotion.sourceAppId,
      release: promotion.sourceReleaseId,
      targets: targets.map(({ appId }) => appId),
      ran: new Map(targets.map(({ appId, previousReleaseId }) => [appId, previousReleaseId])),
    })
    await savePlan(db, RECORDER, promotionId, presentPlan(plan))
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
  }
}
