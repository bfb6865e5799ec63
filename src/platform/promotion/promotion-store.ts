import type { Db } from '#/foundation/db.ts'
import { notFound } from '#/foundation/errors.ts'
import { isId } from '#/foundation/ids.ts'
import { mayOnApp } from '#/platform/app/app-store.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Release } from '#/platform/release/release.ts'
import type { Promotion, PromotionTarget } from './promotion.ts'

const COLUMNS = [
  'promotions.id',
  'promotions.pipelineId',
  'promotions.sourceAppId',
  'promotions.sourceReleaseId',
  'promotions.slugId',
  'promotions.createdBy',
  'promotions.createdByName',
  'promotions.createdAt',
] as const

export type NewPromotion = Pick<
  Promotion,
  'pipelineId' | 'sourceAppId' | 'sourceReleaseId' | 'slugId'
>

export const insertPromotion = async (
  tx: Db,
  actor: Actor,
  input: NewPromotion,
  releases: Pick<Release, 'id' | 'appId'>[],
): Promise<Promotion> => {
  const promotion = await tx
    .insertInto('promotions')
    .values({ ...input, createdBy: actor.accountId, createdByName: actor.name })
    .returning(COLUMNS)
    .executeTakeFirstOrThrow()
  await tx
    .insertInto('promotionTargets')
    .values(releases.map(({ id, appId }) => ({ promotionId: promotion.id, appId, releaseId: id })))
    .execute()
  return promotion
}

/** Seen by whoever may see its source or one of its targets. */
export const getPromotion = async (db: Db, actor: Actor, id: string): Promise<Promotion> => {
  const visibleApps = db.selectFrom('apps').select('apps.id').where(mayOnApp(actor, 'view'))
  const found = isId(id)
    ? await db
        .selectFrom('promotions')
        .select(COLUMNS)
        .where('id', '=', id)
        .where((eb) =>
          eb.or([
            eb('sourceAppId', 'in', visibleApps),
            eb(
              'id',
              'in',
              eb
                .selectFrom('promotionTargets')
                .select('promotionId')
                .where('promotionId', '=', id)
                .where('appId', 'in', visibleApps),
            ),
          ]),
        )
        .executeTakeFirst()
    : undefined
  if (!found) throw notFound('pipeline_promotion', "Couldn't find that pipeline promotion.")
  return found
}

export const listTargets = (
  db: Db,
  _actor: Actor,
  promotionId: string,
): Promise<PromotionTarget[]> =>
  db
    .selectFrom('promotionTargets')
    .innerJoin('releases', 'releases.id', 'promotionTargets.releaseId')
    .innerJoin('apps', 'apps.id', 'promotionTargets.appId')
    .select([
      'promotionTargets.id',
      'promotionTargets.promotionId',
      'promotionTargets.appId',
      'promotionTargets.releaseId',
      'releases.status',
      'releases.failureReason as errorMessage',
      'releases.updatedAt',
    ])
    .where('promotionTargets.promotionId', '=', promotionId)
    .orderBy('apps.name')
    .execute()
