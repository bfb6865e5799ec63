import type { PromotionPlan } from './plan-promotion.ts'
import { releaseCommandOf, type AppState, type TargetPlan } from './promotion-plan.ts'

/** Ours, where Heroku has nothing. What the platform does not know is null. */
export const presentPlan = ({ pipeline, source, targets }: PromotionPlan) => ({
  pipeline: { id: pipeline.id, name: pipeline.name },
  source: presentState(source),
  targets: targets.map((target) => presentTargetPlan(source, target)),
})

const presentTargetPlan = (source: AppState, plan: TargetPlan) => ({
  ...presentState(plan.target),
  same_digest: plan.isSameDigest,
  code: plan.code && {
    ahead_by: plan.code.aheadBy,
    behind_by: plan.code.behindBy,
    commits: plan.code.commits,
    files_changed: plan.code.files.length,
  },
  config: plan.config,
  add_ons: { missing: plan.missingServices },
  process_types: plan.processTypes,
  release_command: releaseCommandOf(source),
  /** New dynos take over before the old ones stop. */
  downtime: false,
})

const presentState = ({ app, release, slug }: AppState) => ({
  app: { id: app.id, name: app.name },
  release: release && {
    id: release.id,
    version: release.version,
    description: release.description,
    created_at: release.createdAt,
    commit: slug?.commit ?? null,
    digest: slug?.digest ?? null,
    stack: slug?.stack ?? null,
  },
})
