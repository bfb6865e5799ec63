import { conflict, invalidParams } from '#/foundation/errors.ts'
import type { GovernedStage } from '#/platform/change-gate/policy.ts'
import { blocks } from './finding-table.ts'
import type { PromotionPlan } from './plan-promotion.ts'

/**
 * Findings of the plan that a target's stage does not let through. @throws 422 that names them; 409 if the plan is of
 * another release than what is promoted
 */
export const checkFindings = (
  plan: PromotionPlan | null,
  stages: GovernedStage[],
  releaseId: string,
): void => {
  const strict = stages.filter(({ blockingFindings }) => blockingFindings.length > 0)
  if (strict.length === 0) return
  if (plan?.source.release?.id !== releaseId)
    throw conflict('The source has another release by now than was planned with. Promote again.')
  const blocking = strict.flatMap((stage) =>
    (plan.targets.find(({ target }) => target.app.id === stage.appId)?.findings ?? []).filter(
      (finding) => stage.blockingFindings.some((rule) => blocks(rule, finding)),
    ),
  )
  if (blocking.length > 0)
    throw invalidParams(
      `The policy does not let this through: ${blocking.map(({ message, code }) => `${message} (${code})`).join('; ')}.`,
    )
}
