import type { Db } from '#/foundation/db.ts'
import { invalidParams } from '#/foundation/errors.ts'
import { getApp, listApps } from '#/platform/app/app-store.ts'
import type { App } from '#/platform/app/app.ts'
import { compareCommits, type CommitDifference } from '#/platform/build/commit-log.ts'
import { readPolicyState, type PolicyState } from '#/platform/change-gate/read-policy-state.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { listMarks } from '#/platform/pipeline/config-mark-store.ts'
import { listCouplings } from '#/platform/pipeline/coupling-store.ts'
import { downstreamOf, type Coupling, type Pipeline } from '#/platform/pipeline/pipeline.ts'
import type { Platform } from '#/platform/platform.ts'
import { getRelease } from '#/platform/release/release-store.ts'
import { mergePathRules } from '#/platform/slug/path-rule.ts'
import { getSlug } from '#/platform/slug/slug-store.ts'
import type { Slug } from '#/platform/slug/slug.ts'
import { DEFAULT_PATH_RULES } from './default-path-rules.ts'
import { checkSlug, type SlugCheck } from './check-slug.ts'
import { findBakedIn } from './find-baked-in.ts'
import { findingsOf, type PlanFinding } from './plan-findings.ts'
import { differencesOf, type AppState, type Differences } from './promotion-plan.ts'
import { readAppState } from './read-app-state.ts'

export type TargetPlan = Differences & { findings: PlanFinding[]; policy: PolicyState | null }
export type PromotionPlan = {
  pipeline: Pipeline
  source: AppState
  /** Null without code. */
  slugCheck: SlugCheck | null
  targets: TargetPlan[]
}

type Needs = Pick<Platform, 'db' | 'keyring' | 'paths' | 'store'>
export type PlanInput = {
  source: string
  /** An earlier release of the source; undefined: what it serves. */
  release?: string | undefined
  /** undefined: the apps of the next stage */
  targets: string[] | undefined
  /** What targets ran, by app, if it is not what they run now. */
  ran?: Map<string, string | null>
}

/** What promoting the source would change, worked out anew from what is there; nothing is stored. */
export const planPromotion = async (
  needs: Needs,
  actor: Actor,
  pipeline: Pipeline,
  input: PlanInput,
): Promise<PromotionPlan> => {
  const plan = await compareApps(needs, actor, pipeline, input)
  if (!plan.source.slug)
    throw invalidParams(`${plan.source.app.name} has no code to promote. Push to it first.`)
  return plan
}

/** As `planPromotion`, and of a source without code too. */
export const compareApps = async (
  needs: Needs,
  actor: Actor,
  pipeline: Pipeline,
  input: PlanInput,
): Promise<PromotionPlan> => {
  const participants = await findParticipants(needs.db, actor, pipeline, input)
  const read = ({ app, coupling }: Participant) => readAppState(needs, actor, app, coupling)
  const source = await withRelease(needs.db, actor, await read(participants.source), input.release)
  const checking = source.slug ? checkSlug(needs.store, source.slug) : null
  const marks = await listMarks(needs.db, pipeline.id)
  const pathRules = mergePathRules(
    DEFAULT_PATH_RULES,
    pipeline.pathRules,
    source.slug?.pathRules ?? null,
  )
  const compareTo = comparerWith(needs.paths.git, source.slug)
  const targets: TargetPlan[] = []
  const slugCheck = await checking
  for (const one of participants.targets) {
    const target = await withRelease(needs.db, actor, await read(one), input.ran?.get(one.app.id))
    const differences = differencesOf(source, target, await compareTo(target.slug))
    const criteria = {
      marks: marks.filter(({ stageId }) => stageId === target.stage.id),
      pathRules,
      slugCheck,
      bakedIn: source.slug ? await findBakedIn(needs, source.slug, target.config) : [],
    }
    targets.push({
      ...differences,
      findings: findingsOf(source, differences, criteria),
      policy: await readPolicyState(needs.db, actor, target.app.id, source.slug?.digest),
    })
  }
  return { pipeline, source, slugCheck, targets }
}

/** As if it ran that release, and nothing else were on its way; undefined: as it is. */
const withRelease = async (
  db: Db,
  actor: Actor,
  state: AppState,
  ref: string | null | undefined,
): Promise<AppState> => {
  if (ref === undefined) return state
  if (ref === null) return { ...state, release: null, pendingRelease: null, slug: null }
  const release = await getRelease(db, actor, state.app.id, ref)
  return {
    ...state,
    release,
    pendingRelease: null,
    slug: release.slugId === null ? null : await getSlug(db, actor, release.slugId),
  }
}

type Participant = { app: App; coupling: Coupling }

const findParticipants = async (
  db: Db,
  actor: Actor,
  pipeline: Pipeline,
  { source: sourceRef, targets: targetRefs }: PlanInput,
): Promise<{ source: Participant; targets: Participant[] }> => {
  const couplings = await listCouplings(db, actor, { pipelineId: pipeline.id })
  const participant = (app: App): Participant => {
    const coupling = couplings.find(({ appId }) => appId === app.id)
    if (!coupling) throw invalidParams(`${app.name} is not in the pipeline ${pipeline.name}.`)
    return { app, coupling }
  }
  const source = participant(await getApp(db, actor, sourceRef, 'view'))
  if (targetRefs === undefined) {
    const targets = await downstream(db, actor, source.coupling, couplings)
    return { source, targets: targets.map(participant) }
  }
  const targets: Participant[] = []
  for (const ref of new Set(targetRefs)) {
    const target = participant(await getApp(db, actor, ref, 'view'))
    if (target.app.id === source.app.id)
      throw invalidParams('Cannot promote from an app to itself.')
    targets.push(target)
  }
  return { source, targets }
}

const downstream = async (
  db: Db,
  actor: Actor,
  source: Coupling,
  couplings: Coupling[],
): Promise<App[]> => {
  const ids = downstreamOf(source, couplings).map(({ appId }) => appId)
  const targets = await listApps(db, actor, { ids })
  if (targets.length === 0)
    throw invalidParams(`There is no app in a stage after ${source.stageName} to promote to.`)
  return targets
}

/** Several targets often run the same commit; git is asked once for each. */
const comparerWith = (gitDir: string, source: Slug | null) => {
  const asked = new Map<string, Promise<CommitDifference | null>>()
  return (target: Slug | null): Promise<CommitDifference | null> => {
    if (target === null || source === null) return Promise.resolve(null)
    const key = `${target.appId} ${target.commit}`
    const difference = asked.get(key) ?? compareCommits(gitDir, target, source)
    asked.set(key, difference)
    return difference
  }
}
