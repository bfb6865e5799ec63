import { Type } from 'typebox'
import { route } from '#/platform/route.ts'
import { putPathRule, removePathRule } from './change-path-rules.ts'
import { onPipeline } from './pipeline-access.ts'
import { presentPipeline } from './pipeline-schema.ts'
import { CHANGE_PIPELINE } from './pipeline.ts'

/** Ours. The rules themselves are part of the pipeline, with which both answer. */
export const pathRuleRoutes = [
  route({
    method: 'PUT',
    path: '/pipelines/:pipeline/path-rules/:name',
    access: onPipeline(CHANGE_PIPELINE),
    body: Type.Object({}),
    handle: async ({ platform, actor, target, params: { name }, body }) =>
      presentPipeline(await putPathRule(platform, actor, target.id, { ...body, name })),
  }),
  route({
    method: 'DELETE',
    path: '/pipelines/:pipeline/path-rules/:name',
    access: onPipeline(CHANGE_PIPELINE),
    handle: async ({ platform, actor, target, params: { name } }) =>
      presentPipeline(await removePathRule(platform, actor, target.id, name)),
  }),
]
