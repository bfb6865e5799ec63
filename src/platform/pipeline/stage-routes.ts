import { route } from '#/platform/route.ts'
import { addStage, removeStage, updateStage } from './change-stages.ts'
import { onPipeline, onStage } from './pipeline-access.ts'
import { CHANGE_PIPELINE } from './pipeline.ts'
import { CreateStage, presentStage, UpdateStage } from './stage-schema.ts'
import { listStages } from './stage-store.ts'

export const stageRoutes = [
  route({
    method: 'GET',
    path: '/pipelines/:pipeline/stages',
    access: onPipeline('view'),
    handle: async ({ platform, target }) =>
      (await listStages(platform.db, target.id)).map(presentStage),
  }),
  route({
    method: 'POST',
    path: '/pipelines/:pipeline/stages',
    access: onPipeline(CHANGE_PIPELINE),
    body: CreateStage,
    handle: async ({ platform, actor, target, body: { name, kind, position } }) =>
      presentStage(await addStage(platform, actor, target.id, { name, kind, position })),
  }),
  route({
    method: 'GET',
    path: '/pipelines/:pipeline/stages/:stage',
    access: onStage('view'),
    handle: async ({ target }) => presentStage(target),
  }),
  route({
    method: 'PATCH',
    path: '/pipelines/:pipeline/stages/:stage',
    access: onStage(CHANGE_PIPELINE),
    body: UpdateStage,
    handle: async ({ platform, actor, target, body }) =>
      presentStage(await updateStage(platform, actor, target, body)),
  }),
  route({
    method: 'DELETE',
    path: '/pipelines/:pipeline/stages/:stage',
    access: onStage(CHANGE_PIPELINE),
    handle: async ({ platform, actor, target }) =>
      presentStage(await removeStage(platform, actor, target)),
  }),
]
