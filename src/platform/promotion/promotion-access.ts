import type { ScopedAccess } from '#/platform/route.ts'
import { getPromotion } from './promotion-store.ts'
import type { Promotion } from './promotion.ts'

/** For routes below `/pipeline-promotions/:promotion`. */
export const onPromotion: ScopedAccess<Promotion> = {
  name: 'pipeline-promotion:view',
  reach: 'apps',
  find: ({ platform, actor, params }) =>
    getPromotion(platform.db, actor, params['promotion'] ?? ''),
}
