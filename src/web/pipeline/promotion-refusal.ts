import { blocks } from '#/platform/promotion/finding-table.ts'
import { usePipelineRefusal, useRefusalOnAny } from '#/web/data/permission.ts'
import type { Pipeline, PromotionPlan } from '#/web/data/types.ts'
import { count } from '#/web/text/words.ts'

type Target = PromotionPlan['targets'][number]

/** Why the signed-in account may not promote to these targets now; undefined if it may. The API has the last word. */
export const usePromotionRefusal = (pipeline: Pipeline, targets: Target[]): string | undefined => {
  const forRole = useRefusalOnAny(
    targets.map(({ app }) => app.id),
    'deploy',
  )
  const forNonAdmins = usePipelineRefusal(pipeline)
  const closed = targets.find((target) => promotersOf(target, pipeline) === 'admins')
  return (
    forRole ??
    (closed && forNonAdmins !== undefined
      ? `Only ${pipeline.owner.type === 'team' ? 'admins of the team' : 'the pipeline’s owner'} may promote to ${closed.stage.name}.`
      : undefined) ??
    targets.map(refusalOfTarget).find((refusal) => refusal !== undefined)
  )
}

/** As the API has it: a policy, else the pipeline's setting for production, else all with deploy. */
const promotersOf = ({ policy, stage }: Target, pipeline: Pipeline): 'admins' | 'deployers' => {
  if (policy?.promoters) return policy.promoters
  if (stage.kind !== 'production') return 'deployers'
  return pipeline.owner.type === 'team' ? pipeline.production_promotion : 'admins'
}

const refusalOfTarget = ({ app, policy, findings }: Target): string | undefined => {
  if (!policy) return undefined
  const { approvals_needed: needed, approvals_given: given, freeze } = policy
  if (freeze.now && !freeze.override) return `${app.name} is frozen.`
  if (given < needed)
    return `${app.name} needs ${count(needed, 'approval')} and has ${given}, not counting yours.`
  const isBlocked = findings.some((finding) => isBlocking(policy.blocking_findings, finding))
  return isBlocked ? `A finding keeps ${app.name} from being promoted to.` : undefined
}

export const isBlocking = (rules: string[], finding: { code: string; level: string }): boolean =>
  rules.some((rule) => blocks(rule, finding))
