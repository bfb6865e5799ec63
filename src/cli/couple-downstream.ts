import { ApiClientError, type ApiClient } from '#/api-client/api-client.ts'
import { guessOf } from './guess-stage.ts'
import { listStages } from './pipeline-lookup.ts'
import type { CouplingJson, PipelineJson, StageJson } from './wire.ts'

/**
 * Puts two apps into adjacent stages of one pipeline: that of one of them, or a new one. Where the pipeline has no
 * stage on that side yet, it gets one.
 */
export const coupleDownstream = async (
  api: ApiClient,
  upstream: string,
  downstream: string,
): Promise<void> => {
  if (upstream === downstream) throw new Error('An app cannot be downstream of itself.')
  const [above, below] = [await findCoupling(api, upstream), await findCoupling(api, downstream)]
  if (above && below) return checkAdjacent(above, below, { upstream, downstream })
  if (above) {
    const { id } = await stageBeside(api, above, 1, guessOf(downstream).stage)
    return couple(api, downstream, above.pipeline.id, id)
  }
  if (below) {
    const { id } = await stageBeside(api, below, -1, guessOf(upstream).stage)
    return couple(api, upstream, below.pipeline.id, id)
  }
  const { id } = await api.post<PipelineJson>('/pipelines', { name: guessOf(downstream).pipeline })
  await couple(api, upstream, id, 'staging')
  await couple(api, downstream, id, 'production')
}

/** Undefined if the app is in no pipeline. @throws if there is no such app */
const findCoupling = async (api: ApiClient, app: string): Promise<CouplingJson | undefined> => {
  await api.get(`/apps/${encodeURIComponent(app)}`)
  try {
    return await api.get<CouplingJson>(`/apps/${encodeURIComponent(app)}/pipeline-couplings`)
  } catch (error) {
    if (error instanceof ApiClientError && error.status === 404) return undefined
    throw error
  }
}

const couple = async (
  api: ApiClient,
  app: string,
  pipeline: string,
  stage: string,
): Promise<void> => {
  await api.post('/pipeline-couplings', { app, pipeline, stage })
}

type Names = { upstream: string; downstream: string }

const checkAdjacent = (
  above: CouplingJson,
  below: CouplingJson,
  { upstream, downstream }: Names,
): void => {
  if (above.pipeline.id !== below.pipeline.id)
    throw new Error(
      `${upstream} is in the pipeline ${above.pipeline.name} and ${downstream} in ${below.pipeline.name}. An app is in one: take one of them out with pipelines:remove.`,
    )
  if (above.pipeline_stage.position >= below.pipeline_stage.position)
    throw new Error(
      `${downstream} is in ${below.pipeline_stage.name} of ${below.pipeline.name}, which is not after ${above.pipeline_stage.name}. Move it with pipelines:update.`,
    )
}

/** The stage next to an app's, on that side; made if there is none. */
const stageBeside = async (
  api: ApiClient,
  { pipeline, pipeline_stage: own }: CouplingJson,
  side: 1 | -1,
  kind: string,
): Promise<StageJson> => {
  const stages = await listStages(api, pipeline.id)
  const beside = stages.find(({ position }) => position === own.position + side)
  if (beside) return beside
  const names = new Set(stages.map(({ name }) => name))
  let number = 2
  while (names.has(`${kind}-${number}`)) number += 1
  return api.post<StageJson>(`/pipelines/${pipeline.id}/stages`, {
    name: names.has(kind) ? `${kind}-${number}` : kind,
    kind,
    position: side === 1 ? stages.length : 0,
  })
}
