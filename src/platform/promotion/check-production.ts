import type { Db } from '#/foundation/db.ts'
import { forbidden } from '#/foundation/errors.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { mayChangePipeline } from '#/platform/pipeline/pipeline-store.ts'
import type { Pipeline } from '#/platform/pipeline/pipeline.ts'

/** Into production promote the pipeline's owner and its team's admins, and others only if its setting says so. @throws 403 */
export const checkProduction = async (tx: Db, actor: Actor, pipeline: Pipeline): Promise<void> => {
  if (pipeline.ownerAccountId === null && pipeline.productionPromotion === 'deployers') return
  if (await mayChangePipeline(tx, actor, pipeline.id)) return
  throw forbidden(
    pipeline.ownerAccountId === null
      ? `Only admins of the team ${pipeline.teamName} may promote into production of ${pipeline.name}. One of them can open it to everybody with deploy on the apps: its setting production_promotion is 'admins', not 'deployers'.`
      : `Only the owner of the personal pipeline ${pipeline.name} may promote into its production.`,
  )
}
