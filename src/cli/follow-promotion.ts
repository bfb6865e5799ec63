import { setTimeout as pause } from 'node:timers/promises'
import type { ApiClient } from '#/api-client/api-client.ts'
import type { PromotionTargetJson } from './wire.ts'

const POLL_MS = 100

/** Waits until every target has its outcome. */
export const followPromotion = async (
  api: ApiClient,
  id: string,
): Promise<PromotionTargetJson[]> => {
  for (;;) {
    const targets = await api.get<PromotionTargetJson[]>(
      `/pipeline-promotions/${id}/promotion-targets`,
    )
    if (targets.every(({ status }) => status !== 'pending')) return targets
    await pause(POLL_MS)
  }
}
