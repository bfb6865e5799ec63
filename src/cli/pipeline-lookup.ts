import { ApiClientError, type ApiClient } from '#/api-client/api-client.ts'
import type { DiffJson } from './format-diff.ts'
import type { CouplingJson, EphemeralCollaboratorJson, PipelineJson, StageJson } from './wire.ts'

export type PipelineApp = {
  id: string
  name: string
  /** The name of its stage, and where that stands. */
  stage: string
  position: number
  kind: string
  ownedElsewhere: boolean
}

/** By name or id. */
export const findPipeline = (api: ApiClient, ref: string): Promise<PipelineJson> =>
  api.get<PipelineJson>(`/pipelines/${encodeURIComponent(ref)}`)

/** A team by its name, a person by their e-mail address; by id whom the caller does not see. */
export const nameOfOwner = async (
  api: ApiClient,
  { id, type }: PipelineJson['owner'],
): Promise<string> => {
  try {
    return type === 'team'
      ? `${(await api.get<{ name: string }>(`/teams/${id}`)).name} (team)`
      : (await api.get<{ email: string }>(`/users/${id}`)).email
  } catch (error) {
    if (error instanceof ApiClientError && error.status === 404) return `${id} (${type})`
    throw error
  }
}

/** A team or a person, as the API names an owner. */
export const findOwner = async (api: ApiClient, name: string): Promise<PipelineJson['owner']> => {
  const path = encodeURIComponent(name)
  for (const [type, prefix] of [
    ['team', '/teams'],
    ['user', '/users'],
  ] as const)
    try {
      return { id: (await api.get<{ id: string }>(`${prefix}/${path}`)).id, type }
    } catch (error) {
      if (!(error instanceof ApiClientError && error.status === 404)) throw error
    }
  throw new Error(`Cannot find a team or person ${name}.`)
}

/** Who is on the list of a pipeline's review and test apps. */
export const listAccess = (
  api: ApiClient,
  pipelineId: string,
): Promise<EphemeralCollaboratorJson[]> =>
  api.get<EphemeralCollaboratorJson[]>(`/pipelines/${pipelineId}/ephemeral-app-collaborators`)

export const findAccess = async (
  api: ApiClient,
  pipelineName: string,
  email: string,
): Promise<EphemeralCollaboratorJson> => {
  const pipeline = await findPipeline(api, pipelineName)
  const found = (await listAccess(api, pipeline.id)).find(
    ({ user }) => user.email.toLowerCase() === email.toLowerCase() || user.id === email,
  )
  if (!found)
    throw new Error(
      `${email} is not on the list of ${pipeline.name}. See: sluice pipelines:access ${pipeline.name}`,
    )
  return found
}

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
    .map(({ app, stage: kind, pipeline_stage: stage, owned_elsewhere: ownedElsewhere }) => ({
      id: app.id,
      stage: stage.name,
      position: stage.position,
      kind,
      ownedElsewhere,
      name: apps.find(({ id }) => id === app.id)?.name ?? app.id,
    }))
    .toSorted((a, b) => a.position - b.position || (a.name < b.name ? -1 : 1))
}

/** In the order of promotion. */
export const listStages = (api: ApiClient, pipelineId: string): Promise<StageJson[]> =>
  api.get<StageJson[]>(`/pipelines/${pipelineId}/stages`)

export const markPath = (pipelineId: string, stage: string, key: string): string =>
  `/pipelines/${pipelineId}/stages/${encodeURIComponent(stage)}/config-marks/${encodeURIComponent(key)}`

/** Where `--before STAGE` or `--after STAGE` points; undefined if neither is given. */
export const placeAmong = (
  stages: StageJson[],
  { before, after }: { before?: string | undefined; after?: string | undefined },
): number | undefined => {
  const named = before ?? after
  if (named === undefined) return undefined
  const index = stages.findIndex(({ name }) => name === named)
  if (index === -1) throw new Error(`The pipeline has no stage ${named} to go by.`)
  return before === undefined ? index + 1 : index
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
  const later = apps.filter(({ position }) => position > source.position)
  return later.filter(({ position }) => position === later[0]?.position)
}

const named = (apps: PipelineApp[], ref: string, pipeline: string): PipelineApp => {
  const found = apps.find(({ id, name }) => name === ref || id === ref)
  if (!found) throw new Error(`Cannot find app ${ref} in ${pipeline}.`)
  return found
}

/** An app beside those that it is promoted to. */
export const readDiff = async (
  api: ApiClient,
  app: string,
  to: string | undefined,
): Promise<DiffJson> => {
  const { pipeline } = await api.get<CouplingJson>(`/apps/${app}/pipeline-couplings`)
  const targets = to === undefined ? '' : `&targets=${encodeURIComponent(to)}`
  return api.get<DiffJson>(
    `/pipelines/${pipeline.id}/diff?source=${encodeURIComponent(app)}${targets}`,
  )
}
