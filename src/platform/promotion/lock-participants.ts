import type { Db } from '#/foundation/db.ts'
import { forbidden, invalidParams, notFound } from '#/foundation/errors.ts'
import { isId } from '#/foundation/ids.ts'
import { getApp, lockApps } from '#/platform/app/app-store.ts'
import type { App } from '#/platform/app/app.ts'
import { listStagesOf } from '#/platform/change-gate/policy-store.ts'
import type { GovernedStage } from '#/platform/change-gate/policy.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { sharePipeline } from '#/platform/pipeline/pipeline-store.ts'
import type { Pipeline } from '#/platform/pipeline/pipeline.ts'
import { checkPromoters } from './check-promoters.ts'

export type Participants = {
  pipeline: Pipeline
  source: App
  targets: App[]
  /** Of the targets. */
  stages: GovernedStage[]
}

type Refs = { source: { app: string }; targets: string[] }

/**
 * The apps of a promotion, locked in the order of their ids until the transaction ends, so that promotions among the
 * same apps follow one another, and the pipeline as it is until then. Takes deploy on every one of them, and all must be
 * in the pipeline; production has a rule of its own.
 */
export const lockParticipants = async (
  tx: Db,
  actor: Actor,
  pipelineId: string,
  refs: Refs,
): Promise<Participants> => {
  const sourceId = await idOf(tx, actor, refs.source.app)
  const targetIds: string[] = []
  for (const ref of refs.targets) targetIds.push(await idOf(tx, actor, ref))
  checkTargets(sourceId, targetIds)
  const apps = await lockApps(tx, actor, [sourceId, ...targetIds], 'deploy')
  const pipeline = await sharePipeline(tx, actor, pipelineId)
  const stages = (await listStagesOf(tx, actor, [sourceId, ...targetIds])).filter(
    (stage) => stage.pipelineId === pipeline.id,
  )
  const get = (id: string): App => {
    const app = apps.find((one) => one.id === id)
    if (!app) throw notFound('app', "Couldn't find that app.")
    if (!app.isAllowed) throw forbidden(`You do not have access to the app ${app.name}.`)
    if (!stages.some(({ appId }) => appId === id))
      throw invalidParams(`${app.name} is not in the pipeline ${pipeline.name}.`)
    return app
  }
  const found = { source: get(sourceId), targets: targetIds.toSorted().map(get) }
  const ofTargets = stages.filter(({ appId }) => targetIds.includes(appId))
  await checkPromoters(tx, actor, pipeline, ofTargets)
  return { pipeline, ...found, stages: ofTargets }
}

const idOf = async (tx: Db, actor: Actor, ref: string): Promise<string> =>
  isId(ref) ? ref : (await getApp(tx, actor, ref, 'view')).id

const checkTargets = (sourceId: string, targetIds: string[]): void => {
  if (targetIds.length === 0) throw invalidParams('Name at least one app to promote to.')
  if (targetIds.includes(sourceId)) throw invalidParams('Cannot promote from an app to itself.')
  if (new Set(targetIds).size < targetIds.length)
    throw invalidParams('An app is named twice among the targets.')
}
