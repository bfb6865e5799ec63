import { Type } from 'typebox'
import { Reference } from '#/platform/app/reference.ts'
import { presentEvidence } from '#/platform/deploy/deploy-schema.ts'
import { statusOf, type Promotion, type PromotionTarget, type TargetRecord } from './promotion.ts'

const Target = Type.Object({ app: Reference })

const Seen = Type.Object({ id: Type.String() })
const MaybeSeen = Type.Union([Seen, Type.Null()])

export const CreatePromotion = Type.Object({
  pipeline: Reference,
  source: Type.Object({
    app: Reference,
    release: Type.Optional(Type.Union([Reference, Type.Null()])),
  }),
  targets: Type.Array(Target, { maxItems: 200 }),
  /** Ours: one failed target undoes the others. */
  all_or_nothing: Type.Optional(Type.Boolean()),
  /** Ours: a plan as it was answered. Once an app has another release than it says, the promotion is refused. */
  plan: Type.Optional(
    Type.Object({
      source: Type.Object({ release: Seen }),
      targets: Type.Optional(
        Type.Array(
          Type.Object({
            app: Seen,
            release: MaybeSeen,
            pending_release: Type.Optional(MaybeSeen),
          }),
          { maxItems: 200 },
        ),
      ),
    }),
  ),
})

export const CreatePromotionPlan = Type.Object({
  source: Type.Object({
    app: Reference,
    release: Type.Optional(Type.Union([Reference, Type.Null()])),
  }),
  targets: Type.Optional(Type.Array(Target, { maxItems: 200 })),
})

export const CreateRollbackPlan = Type.Object({
  release: Type.String(),
  only: Type.Optional(Type.Union([Type.Literal('code'), Type.Literal('config')])),
})

/** Heroku's promotion, with whether one failed target undoes the others, and since when all has come to its end. */
export const presentPromotion = (promotion: Promotion, targets: PromotionTarget[]) => ({
  id: promotion.id,
  pipeline: { id: promotion.pipelineId },
  source: { app: { id: promotion.sourceAppId }, release: { id: promotion.sourceReleaseId } },
  status: statusOf(targets),
  all_or_nothing: promotion.allOrNothing,
  settled_at: promotion.settledAt,
  created_at: promotion.createdAt,
  updated_at: new Date(
    Math.max(promotion.createdAt.getTime(), ...targets.map(({ updatedAt }) => updatedAt.getTime())),
  ),
})

/** The same with all that is kept of it. `plan`: as it was then, without what the caller may not see. */
export const presentRecord = (promotion: Promotion, targets: TargetRecord[], plan: unknown) => ({
  ...presentPromotion(promotion, targets),
  number: promotion.number,
  digest: promotion.digest,
  retry_of: promotion.retryOf && { id: promotion.retryOf },
  created_by: { id: promotion.createdBy, email: promotion.createdByName },
  plan,
  targets: targets.map(presentTargetRecord),
})

export const presentTarget = (target: PromotionTarget) => ({
  id: target.id,
  app: { id: target.appId },
  release: { id: target.releaseId },
  status: target.status,
  error_message: target.errorMessage,
  pipeline_promotion: { id: target.promotionId },
})

const presentTargetRecord = (target: TargetRecord) => ({
  app: { id: target.appId, name: target.appName },
  release: { id: target.releaseId, version: target.version },
  previous_release: target.previousReleaseId && {
    id: target.previousReleaseId,
    version: target.previousVersion,
  },
  digest_before: target.digestBefore,
  status: target.status,
  error_message: target.errorMessage,
  approvals: target.approvals.map(({ name, at }) => ({ email: name, at })),
  freeze_override: target.freezeOverride,
  rollback: (target.rollbackReleaseId ?? target.rollbackNote) && {
    release: target.rollbackReleaseId && {
      id: target.rollbackReleaseId,
      version: target.rollbackVersion,
    },
    note: target.rollbackNote,
  },
  steps: target.steps.map(({ name, startedAt, finishedAt }) => ({
    name,
    started_at: startedAt,
    finished_at: finishedAt,
    duration_ms: finishedAt === null ? null : Date.parse(finishedAt) - Date.parse(startedAt),
  })),
  evidence: target.evidence && presentEvidence(target.evidence),
  started_at: target.startedAt,
  finished_at: target.finishedAt,
})

type StoredPlan = {
  source: { app: { id: string } }
  targets: { app: { id: string }; config: unknown }[]
}

/** A stored plan for somebody: targets that they may see, config keys where they may see those. */
export const presentStoredPlan = (
  plan: unknown,
  { seen, readable }: { seen: Set<string>; readable: Set<string> },
): unknown => {
  if (plan === null || !isStoredPlan(plan)) return null
  const { source, targets } = plan
  return {
    ...plan,
    targets: targets
      .filter(({ app }) => seen.has(app.id))
      .map((target) =>
        readable.has(target.app.id) && readable.has(source.app.id)
          ? target
          : { ...target, config: null },
      ),
  }
}

const isStoredPlan = (plan: unknown): plan is StoredPlan =>
  typeof plan === 'object' && plan !== null && 'targets' in plan && 'source' in plan
