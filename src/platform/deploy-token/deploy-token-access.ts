import { ApiError, notFound } from '#/foundation/errors.ts'
import { getApp } from '#/platform/app/app-store.ts'
import { getPipeline } from '#/platform/pipeline/pipeline-store.ts'
import type { Access } from '#/platform/route.ts'
import { findDeployToken } from './deploy-token-store.ts'
import type { DeployToken } from './deploy-token.ts'

/** Below `/deploy-tokens/:deployToken`: for whoever made it, and for whoever may manage its app or pipeline. */
export const onDeployToken: Access<DeployToken> = {
  name: 'deploy-token:manage',
  find: async ({ platform: { db }, actor, params }) => {
    const found = await findDeployToken(db, actor, params['deployToken'] ?? '')
    if (!found) throw notFound('deploy_token')
    if (found.madeBy.id === actor.accountId) return found
    try {
      if ('appId' in found.boundTo) await getApp(db, actor, found.boundTo.appId, 'manage')
      else await getPipeline(db, actor, found.boundTo.pipelineId, 'manage')
    } catch (error) {
      // Whoever may not see the app may not learn that it has tokens either.
      if (error instanceof ApiError && error.status === 404) throw notFound('deploy_token')
      throw error
    }
    return found
  },
}
