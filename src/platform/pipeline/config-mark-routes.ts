import { route } from '#/platform/route.ts'
import { presentMark, PutMark } from './config-mark-schema.ts'
import { listMarks } from './config-mark-store.ts'
import { markConfigVar, unmarkConfigVar } from './mark-config-var.ts'
import { onPipeline, onStage } from './pipeline-access.ts'
import { CHANGE_PIPELINE } from './pipeline.ts'

/** Ours. Keys of config vars are for those who may read these. */
export const configMarkRoutes = [
  route({
    method: 'GET',
    path: '/pipelines/:pipeline/config-marks',
    access: onPipeline('deploy'),
    handle: async ({ platform, target }) =>
      (await listMarks(platform.db, target.id)).map(presentMark),
  }),
  route({
    method: 'PUT',
    path: '/pipelines/:pipeline/stages/:stage/config-marks/:key',
    access: onStage(CHANGE_PIPELINE),
    body: PutMark,
    handle: async ({ platform, actor, target, params, body: { mark } }) =>
      presentMark(await markConfigVar(platform, actor, target, { key: params.key, mark })),
  }),
  route({
    method: 'DELETE',
    path: '/pipelines/:pipeline/stages/:stage/config-marks/:key',
    access: onStage(CHANGE_PIPELINE),
    handle: async ({ platform, actor, target, params }) =>
      presentMark(await unmarkConfigVar(platform, actor, target, params.key)),
  }),
]
