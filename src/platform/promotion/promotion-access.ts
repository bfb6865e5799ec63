import type { Access } from '#/platform/route.ts'
import { getPromotion } from './promotion-store.ts'
import type { Promotion } from './promotion.ts'

/** For routes below `/pipeline-promotions/:promotion`. */
export const onPromotion: Access<Promotion> = {
  name: 'pipeline-promotion:view',
  find: ({ platform, actor, params }) =>
    getPromotion(platform.db, actor, params['promotion'] ?? ''),
}
