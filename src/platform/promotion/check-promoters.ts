import type { Db } from '#/foundation/db.ts'
import { forbidden } from '#/foundation/errors.ts'
import type { GovernedStage, Promoters } from '#/platform/change-gate/policy.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { mayChangePipeline } from '#/platform/pipeline/pipeline-store.ts'
import type { Pipeline } from '#/platform/pipeline/pipeline.ts'

/**
 * Who promotes to a stage is what its policy says. Where that says nothing: into production the pipeline's owner and
 * its team's admins, and others only if the pipeline's setting opens it; elsewhere all with deploy. @throws 403
 */
export const checkPromoters = async (
  tx: Db,
  actor: Actor,
  pipeline: Pipeline,
  stages: GovernedStage[],
): Promise<void> => {
  const closed = stages.find((stage) => promotersOf(stage, pipeline) === 'admins')
  if (!closed) return
  if (await mayChangePipeline(tx, answerableFor(actor, pipeline), pipeline.id)) return
  throw forbidden(messageFor(closed, pipeline))
}

const promotersOf = ({ promoters, kind }: GovernedStage, pipeline: Pipeline): Promoters => {
  if (promoters !== null) return promoters
  if (kind !== 'production') return 'deployers'
  return pipeline.ownerAccountId === null ? pipeline.productionPromotion : 'admins'
}

const messageFor = ({ promoters, stage }: GovernedStage, pipeline: Pipeline): string => {
  if (pipeline.ownerAccountId !== null)
    return promoters === null
      ? `Only the owner of the personal pipeline ${pipeline.name} may promote into its production.`
      : `Only the owner of the personal pipeline ${pipeline.name} may promote to its stage ${stage}.`
  return promoters === null
    ? `Only admins of the team ${pipeline.teamName} may promote into production of ${pipeline.name}. One of them can open it to everybody with deploy on the apps: its setting production_promotion is 'admins', not 'deployers'.`
    : `Only admins of the team ${pipeline.teamName} may promote to ${stage} of ${pipeline.name}: so says its policy.`
}

/** A deploy token of the pipeline promotes wherever its maker may: it takes `manage` there to make one. */
const answerableFor = (actor: Actor, pipeline: Pipeline): Actor => {
  const { boundTo, ...maker } = actor
  const isItsToken =
    boundTo !== undefined && 'pipelineId' in boundTo && boundTo.pipelineId === pipeline.id
  return isItsToken ? maker : actor
}
