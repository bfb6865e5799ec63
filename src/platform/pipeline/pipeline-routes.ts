import { pageOfAll, parseRange } from '#/foundation/range.ts'
import { account, route, sendPage } from '#/platform/route.ts'
import { createPipeline } from './create-pipeline.ts'
import { destroyPipeline } from './destroy-pipeline.ts'
import { CHANGE_PIPELINE, onPipeline } from './pipeline-access.ts'
import { CreatePipeline, presentPipeline, UpdatePipeline } from './pipeline-schema.ts'
import { listPipelines } from './pipeline-store.ts'
import { renamePipeline } from './rename-pipeline.ts'

export const pipelineRoutes = [
  route({
    method: 'GET',
    reach: 'apps',
    path: '/pipelines',
    access: account,
    handle: async ({ platform, actor, query, request, reply }) => {
      const range = parseRange(request.headers.range, ['name', 'id'])
      const found = await listPipelines(platform.db, actor, query['eq[name]'])
      const page = pageOfAll(found, range, (pipeline) =>
        range.property === 'id' ? pipeline.id : pipeline.name,
      )
      return sendPage(reply, page, presentPipeline)
    },
  }),
  route({
    method: 'POST',
    reach: 'account',
    path: '/pipelines',
    access: account,
    body: CreatePipeline,
    handle: async ({ platform, actor, body: { name, owner } }) =>
      presentPipeline(await createPipeline(platform, actor, { name, owner: owner ?? undefined })),
  }),
  route({
    method: 'GET',
    path: '/pipelines/:pipeline',
    access: onPipeline('view'),
    handle: async ({ target }) => presentPipeline(target),
  }),
  route({
    method: 'PATCH',
    path: '/pipelines/:pipeline',
    access: onPipeline(CHANGE_PIPELINE),
    body: UpdatePipeline,
    handle: async ({ platform, actor, target, body }) =>
      presentPipeline(await renamePipeline(platform, actor, target.id, body.name ?? target.name)),
  }),
  route({
    method: 'DELETE',
    path: '/pipelines/:pipeline',
    access: onPipeline(CHANGE_PIPELINE),
    handle: async ({ platform, actor, target }) =>
      presentPipeline(await destroyPipeline(platform, actor, target.id)),
  }),
]
