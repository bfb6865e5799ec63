import { transaction } from '#/foundation/db.ts'
import { forbidden, invalidParams } from '#/foundation/errors.ts'
import { lockApps } from '#/platform/app/app-store.ts'
import { cancelRelease } from '#/platform/deploy/cancel-release.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'
import { listLivingTargets, listTargets, lockPromotion } from './promotion-store.ts'
import type { Promotion } from './promotion.ts'

/**
 * Gives up those of its targets that are queued or deploying; what serves already stays, unless the promotion is all
 * or nothing. Takes deploy on every target.
 */
export const cancelPromotion = (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  { id }: Pick<Promotion, 'id'>,
): Promise<Promotion> =>
  transaction(db, async (tx) => {
    const living = await listLivingTargets(tx, id)
    const apps = await lockApps(tx, actor, living, NEEDED.promotion)
    if (apps.length < living.length || apps.some(({ isAllowed }) => !isAllowed))
      throw forbidden('To cancel a promotion takes deploy on all of its targets.')
    const promotion = await lockPromotion(tx, actor, id)
    const waiting = (await listTargets(tx, actor, id)).filter(({ status }) => status === 'pending')
    const cancelled: string[] = []
    for (const { appId, releaseId } of waiting)
      if (await cancelRelease(tx, actor, { id: releaseId, appId }, `Cancelled by ${actor.name}.`))
        cancelled.push(appId)
    if (cancelled.length === 0)
      throw invalidParams('Nothing is left to cancel: every target has ended or serves already.')
    await insertEvent(tx, actor, {
      resource: 'pipeline-promotion',
      resourceId: id,
      action: 'update',
      appId: promotion.sourceAppId,
      pipelineId: promotion.pipelineId,
      after: {
        status: 'cancelled',
        targets: apps.filter((app) => cancelled.includes(app.id)).map(({ name }) => name),
      },
    })
    return promotion
  })
