import { presentFrozenSpan } from '#/platform/change-gate/freeze-schema.ts'
import type { PolicyState } from '#/platform/change-gate/read-policy-state.ts'
import type { PromotionPlan, TargetPlan } from './plan-promotion.ts'
import { releaseCommandOf, type AppState } from './promotion-plan.ts'

/** Ours, where Heroku has nothing. What the platform does not know is null. */
export const presentPlan = ({ pipeline, source, slugCheck, targets }: PromotionPlan) => ({
  pipeline: { id: pipeline.id, name: pipeline.name },
  source: presentState(source),
  /** What was looked at, and is as it must be; what is not has a finding. */
  checks: slugCheck === 'verified' ? [{ code: 'slug.verified', message: 'slug verified' }] : [],
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
    authors: plan.code.authors,
  },
  config: plan.config,
  add_ons: { missing: plan.services.missing },
  process_types: plan.processTypes,
  release_command: releaseCommandOf(source),
  findings: plan.findings,
  policy: plan.policy && presentPolicyState(plan.policy),
  /** New dynos take over before the old ones stop, so that there is none but by what a finding says. */
  downtime: plan.findings.some(({ downtime }) => downtime),
})

const presentPolicyState = (policy: PolicyState) => ({
  approvals_needed: policy.approvals,
  approvals_given: policy.approvalsGiven,
  blocking_findings: policy.blockingFindings,
  /** Who promotes to the stage; null: into production as the pipeline says, else all with deploy on the apps. */
  promoters: policy.promoters,
  freeze: {
    now: presentFrozenSpan(policy.frozen.now),
    next: presentFrozenSpan(policy.frozen.next),
    /** The caller's own, by which a freeze does not hold them. */
    override: policy.override && {
      reason: policy.override.reason,
      expires_at: policy.override.expiresAt,
    },
  },
})

const presentState = ({ app, stage, release, pendingRelease, slug }: AppState) => ({
  app: { id: app.id, name: app.name },
  stage,
  release: release && {
    id: release.id,
    version: release.version,
    description: release.description,
    created_at: release.createdAt,
    commit: slug?.commit ?? null,
    digest: slug?.digest ?? null,
    stack: slug?.stack ?? null,
  },
  /** A newer one that does not serve yet. */
  pending_release: pendingRelease && { id: pendingRelease.id, version: pendingRelease.version },
})

/** More than this nobody reads; the count says how many there are. */
const MOST_FILES = 1000

/** Two apps beside one another, all that a promotion carries over and all that it leaves alone. */
export const presentDiff = ({ pipeline, source, targets }: PromotionPlan) => ({
  pipeline: { id: pipeline.id, name: pipeline.name },
  source: presentWhole(source),
  targets: targets.map(({ target, code, config, services, isSameDigest, processTypes }) => ({
    ...presentWhole(target),
    same_digest: isSameDigest,
    code: code && {
      ahead_by: code.aheadBy,
      behind_by: code.behindBy,
      commits: code.commits,
      files: code.files.slice(0, MOST_FILES),
      files_changed: code.files.length,
    },
    config,
    add_ons: services,
    process_types: processTypes,
  })),
})

const presentWhole = (state: AppState) => ({
  ...presentState(state),
  formation: state.formation,
  buildpacks: state.buildpacks,
  build_stack: state.stack,
  domains: state.domains,
})
