import { invalidParams } from '#/foundation/errors.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { createPromotion, type PromotionNeeds } from './create-promotion.ts'
import { listLivingTargets, listTargets } from './promotion-store.ts'
import { statusOf, type Promotion } from './promotion.ts'

/** Promotes the same release anew to the targets that failed; of all or nothing, to all of them. */
export const retryPromotion = async (
  needs: PromotionNeeds,
  actor: Actor,
  promotion: Promotion,
): Promise<Promotion> => {
  const targets = await listTargets(needs.db, actor, promotion.id)
  if (statusOf(targets) === 'pending')
    throw invalidParams('The promotion is under way still. Cancel it, or wait for its end.')
  const failed = targets.filter(({ status }) => status === 'failed')
  if (failed.length === 0) throw invalidParams('No target of the promotion has failed.')
  const living = await listLivingTargets(needs.db, promotion.id)
  const again = (promotion.allOrNothing ? targets : failed)
    .map(({ appId }) => appId)
    .filter((id) => living.includes(id))
  if (again.length === 0) throw invalidParams('The apps that failed have been destroyed.')
  return createPromotion(needs, actor, {
    pipeline: promotion.pipelineId,
    source: { app: promotion.sourceAppId, release: promotion.sourceReleaseId },
    targets: again,
    allOrNothing: promotion.allOrNothing,
    retryOf: promotion.id,
  })
}
