import { Flags } from '@oclif/core'
import type { ApiClient } from '#/api-client/api-client.ts'
import { findPipeline } from './pipeline-lookup.ts'

export const pipelineFlag = Flags.string({
  char: 'p',
  description: 'pipeline (name or id) instead of an app',
  exclusive: ['app'],
})

/** Where the deploy tokens of a pipeline are, or else of the app that is meant, and what it is called. */
export const deployTokensPath = async (
  api: ApiClient,
  pipelineRef: string | undefined,
  appOf: () => Promise<string>,
): Promise<{ path: string; of: string }> => {
  if (pipelineRef === undefined) {
    const app = await appOf()
    return { path: `/apps/${app}/deploy-tokens`, of: app }
  }
  const { id, name } = await findPipeline(api, pipelineRef)
  return { path: `/pipelines/${id}/deploy-tokens`, of: name }
}
