import { onApp } from '#/platform/app/app-access.ts'
import type { DeployBinding } from '#/platform/event/actor.ts'
import { onPipeline } from '#/platform/pipeline/pipeline-access.ts'
import { route, type Call } from '#/platform/route.ts'
import { createDeployToken, type DeployTokenInput } from './create-deploy-token.ts'
import { onDeployToken } from './deploy-token-access.ts'
import { CreateDeployToken, presentDeployToken } from './deploy-token-schema.ts'
import { listDeployTokens } from './deploy-token-store.ts'
import { endDeployToken } from './end-deploy-token.ts'

type Needs = Pick<Call<unknown, unknown, unknown>, 'platform' | 'actor'>

const list = async ({ platform, actor }: Needs, boundTo: DeployBinding) =>
  (await listDeployTokens(platform.db, actor, boundTo)).map((one) => presentDeployToken(one))

const create = async (
  { platform, actor }: Needs,
  boundTo: DeployBinding,
  input: DeployTokenInput,
) => {
  const { deployToken, token } = await createDeployToken(platform, actor, boundTo, input)
  return presentDeployToken(deployToken, token)
}

/** Tokens for CI systems. Like all management of tokens it takes one of scope global. */
export const deployTokenRoutes = [
  route({
    method: 'GET',
    scope: 'global',
    path: '/apps/:app/deploy-tokens',
    access: onApp('manage'),
    handle: (call) => list(call, { appId: call.target.id }),
  }),
  route({
    method: 'POST',
    scope: 'global',
    path: '/apps/:app/deploy-tokens',
    access: onApp('manage'),
    body: CreateDeployToken,
    handle: (call) => create(call, { appId: call.target.id }, call.body),
  }),
  route({
    method: 'GET',
    scope: 'global',
    path: '/pipelines/:pipeline/deploy-tokens',
    access: onPipeline('manage'),
    handle: (call) => list(call, { pipelineId: call.target.id }),
  }),
  route({
    method: 'POST',
    scope: 'global',
    path: '/pipelines/:pipeline/deploy-tokens',
    access: onPipeline('manage'),
    body: CreateDeployToken,
    handle: (call) => create(call, { pipelineId: call.target.id }, call.body),
  }),
  route({
    method: 'DELETE',
    scope: 'global',
    path: '/deploy-tokens/:deployToken',
    access: onDeployToken,
    handle: async ({ platform, actor, target }) => {
      await endDeployToken(platform, actor, target)
      return presentDeployToken(target)
    },
  }),
]
