import { presentConfigVars, UpdateConfigVars } from '#/platform/config-var/config-var-schema.ts'
import { route } from '#/platform/route.ts'
import { changePipelineConfig } from './change-pipeline-config.ts'
import { onPipeline } from './pipeline-access.ts'
import { readPipelineConfig } from './pipeline-config-store.ts'
import { ephemeralStage } from './pipeline-config.ts'

/** As Heroku has them: the config that review apps and test runs start with. */
export const pipelineConfigRoutes = [
  route({
    method: 'GET',
    scope: 'read-protected',
    path: '/pipelines/:pipeline/stage/:stage/config-vars',
    access: onPipeline('deploy'),
    handle: async ({ platform, actor, target, params }) => {
      const where = { pipelineId: target.id, stage: ephemeralStage(params.stage) }
      return presentConfigVars(await readPipelineConfig(platform, actor, where))
    },
  }),
  route({
    method: 'PATCH',
    scope: 'write-protected',
    path: '/pipelines/:pipeline/stage/:stage/config-vars',
    access: onPipeline('deploy'),
    body: UpdateConfigVars,
    handle: async ({ platform, actor, target, params, body }) => {
      const where = { pipelineId: target.id, stage: ephemeralStage(params.stage) }
      return presentConfigVars(await changePipelineConfig(platform, actor, where, body))
    },
  }),
]
