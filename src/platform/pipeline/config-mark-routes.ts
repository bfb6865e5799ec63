import { Type } from 'typebox'
import { route } from '#/platform/route.ts'
import { listMarks } from './config-mark-store.ts'
import { MARKS, type ConfigMark } from './config-mark.ts'
import { markConfigVar, unmarkConfigVar } from './mark-config-var.ts'
import { onPipeline, onStage } from './pipeline-access.ts'
import { CHANGE_PIPELINE } from './pipeline.ts'

const PutMark = Type.Object({ mark: Type.Union(MARKS.map((mark) => Type.Literal(mark))) })

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

const presentMark = ({ stageId, stageName, key, mark }: ConfigMark) => ({
  key,
  mark,
  stage: { id: stageId, name: stageName },
})
