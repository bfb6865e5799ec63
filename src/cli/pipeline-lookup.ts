import type { ApiClient } from '#/api-client/api-client.ts'
import { STAGES } from './guess-stage.ts'
import type { CouplingJson, PipelineJson } from './wire.ts'

export type PipelineApp = { id: string; name: string; stage: string }

/** By name or id. */
export const findPipeline = (api: ApiClient, ref: string): Promise<PipelineJson> =>
  api.get<PipelineJson>(`/pipelines/${encodeURIComponent(ref)}`)

/** The apps of a pipeline in the order of its stages. */
export const appsOfPipeline = async (
  api: ApiClient,
  pipelineId: string,
): Promise<PipelineApp[]> => {
  const couplings = await api.get<CouplingJson[]>(`/pipelines/${pipelineId}/pipeline-couplings`)
  const apps = await api.post<{ id: string; name: string }[]>('/filters/apps', {
    in: { id: couplings.map(({ app }) => app.id) },
  })
  return couplings
    .map(({ app, stage }) => ({
      id: app.id,
      stage,
      name: apps.find(({ id }) => id === app.id)?.name ?? app.id,
    }))
    .toSorted(
      (a, b) => STAGES.indexOf(a.stage) - STAGES.indexOf(b.stage) || (a.name < b.name ? -1 : 1),
    )
}

/** What `pipelines:promote` is about: the source app and its targets, by name in `to` or those of the next stage that has apps. */
export const promotionOf = async (
  api: ApiClient,
  appName: string,
  to: string | undefined,
): Promise<{ pipelineId: string; source: PipelineApp; targets: PipelineApp[] }> => {
  const { pipeline } = await api.get<CouplingJson>(`/apps/${appName}/pipeline-couplings`)
  const apps = await appsOfPipeline(api, pipeline.id)
  const source = apps.find(({ id, name }) => name === appName || id === appName)
  if (!source) throw new Error(`${appName} is not in ${pipeline.name}.`)
  const targets =
    to === undefined
      ? appsOfNextStage(apps, source)
      : to.split(',').map((name) => named(apps, name.trim(), pipeline.name))
  if (targets.length === 0)
    throw new Error(`No stage after ${source.stage} of ${pipeline.name} has an app to promote to.`)
  return { pipelineId: pipeline.id, source, targets }
}

const appsOfNextStage = (apps: PipelineApp[], source: PipelineApp): PipelineApp[] => {
  const next = STAGES.slice(STAGES.indexOf(source.stage) + 1).find((stage) =>
    apps.some((app) => app.stage === stage),
  )
  return apps.filter(({ stage }) => stage === next)
}

const named = (apps: PipelineApp[], ref: string, pipeline: string): PipelineApp => {
  const found = apps.find(({ id, name }) => name === ref || id === ref)
  if (!found) throw new Error(`Cannot find app ${ref} in ${pipeline}.`)
  return found
}
