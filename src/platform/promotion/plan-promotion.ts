import type { Db } from '#/foundation/db.ts'
import { invalidParams } from '#/foundation/errors.ts'
import { getApp, listApps } from '#/platform/app/app-store.ts'
import type { App } from '#/platform/app/app.ts'
import { compareCommits, type CommitDifference } from '#/platform/build/commit-log.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { listCouplings } from '#/platform/pipeline/coupling-store.ts'
import { downstreamOf, type Coupling, type Pipeline } from '#/platform/pipeline/pipeline.ts'
import type { Platform } from '#/platform/platform.ts'
import { getRelease } from '#/platform/release/release-store.ts'
import { getSlug } from '#/platform/slug/slug-store.ts'
import type { Slug } from '#/platform/slug/slug.ts'
import { planTarget, type AppState, type TargetPlan } from './promotion-plan.ts'
import { readAppState } from './read-app-state.ts'

export type PromotionPlan = { pipeline: Pipeline; source: AppState; targets: TargetPlan[] }

type Needs = Pick<Platform, 'db' | 'keyring' | 'paths'>
type PlanInput = {
  source: string
  /** An earlier release of the source; undefined: what it serves. */
  release?: string | undefined
  /** undefined: the apps of the next stage */
  targets: string[] | undefined
}

/** What promoting the source would change, worked out anew from what is there; nothing is stored. */
export const planPromotion = async (
  needs: Needs,
  actor: Actor,
  pipeline: Pipeline,
  input: PlanInput,
): Promise<PromotionPlan> => {
  const apps = await findParticipants(needs.db, actor, pipeline, input)
  const source = await withRelease(
    needs.db,
    actor,
    await readAppState(needs, actor, apps.source),
    input.release,
  )
  if (!source.slug)
    throw invalidParams(`${source.app.name} has no code to promote. Push to it first.`)
  const compareTo = comparerWith(needs.paths.git, source.slug)
  const targets: TargetPlan[] = []
  for (const app of apps.targets) {
    const target = await readAppState(needs, actor, app)
    targets.push(planTarget(source, target, await compareTo(target.slug)))
  }
  return { pipeline, source, targets }
}

const withRelease = async (
  db: Db,
  actor: Actor,
  state: AppState,
  ref: string | undefined,
): Promise<AppState> => {
  if (ref === undefined) return state
  const release = await getRelease(db, actor, state.app.id, ref)
  return {
    ...state,
    release,
    slug: release.slugId === null ? null : await getSlug(db, actor, release.slugId),
  }
}

const findParticipants = async (
  db: Db,
  actor: Actor,
  pipeline: Pipeline,
  { source: sourceRef, targets: targetRefs }: PlanInput,
): Promise<{ source: App; targets: App[] }> => {
  const couplings = await listCouplings(db, actor, { pipelineId: pipeline.id })
  const source = await getApp(db, actor, sourceRef, 'view')
  const coupling = couplingOf(source, couplings, pipeline)
  if (targetRefs === undefined)
    return { source, targets: await downstream(db, actor, coupling, couplings) }
  const targets: App[] = []
  for (const ref of new Set(targetRefs)) {
    const target = await getApp(db, actor, ref, 'view')
    couplingOf(target, couplings, pipeline)
    if (target.id === source.id) throw invalidParams('Cannot promote from an app to itself.')
    targets.push(target)
  }
  return { source, targets }
}

const couplingOf = (app: App, couplings: Coupling[], pipeline: Pipeline): Coupling => {
  const found = couplings.find(({ appId }) => appId === app.id)
  if (!found) throw invalidParams(`${app.name} is not in the pipeline ${pipeline.name}.`)
  return found
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
const comparerWith = (gitDir: string, source: Slug) => {
  const asked = new Map<string, Promise<CommitDifference | null>>()
  return (target: Slug | null): Promise<CommitDifference | null> => {
    if (target === null) return Promise.resolve(null)
    const key = `${target.appId} ${target.commit}`
    const difference = asked.get(key) ?? compareCommits(gitDir, target, source)
    asked.set(key, difference)
    return difference
  }
}
