import { pageOfAll, parseRange } from '#/foundation/range.ts'
import { referenceOf } from '#/platform/app/reference.ts'
import { account, route, sendPage } from '#/platform/route.ts'
import { createPipeline } from './create-pipeline.ts'
import { destroyPipeline } from './destroy-pipeline.ts'
import { onPipeline } from './pipeline-access.ts'
import {
  CreatePipeline,
  CreateTransfer,
  presentPipeline,
  presentTransfer,
  settingsOf,
  UpdatePipeline,
} from './pipeline-schema.ts'
import { listPipelines } from './pipeline-store.ts'
import { CHANGE_PIPELINE } from './pipeline.ts'
import { transferPipeline } from './transfer-pipeline.ts'
import { updatePipeline } from './update-pipeline.ts'

export const pipelineRoutes = [
  route({
    method: 'GET',
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
    path: '/pipelines',
    access: account,
    body: CreatePipeline,
    handle: async ({ platform, actor, body }) =>
      presentPipeline(
        await createPipeline(platform, actor, {
          name: body.name,
          owner: body.owner ?? undefined,
          settings: settingsOf(body),
        }),
      ),
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
      presentPipeline(
        await updatePipeline(platform, actor, target.id, {
          ...(body.name === undefined ? {} : { name: body.name }),
          ...settingsOf(body),
        }),
      ),
  }),
  route({
    method: 'DELETE',
    path: '/pipelines/:pipeline',
    access: onPipeline(CHANGE_PIPELINE),
    handle: async ({ platform, actor, target }) =>
      presentPipeline(await destroyPipeline(platform, actor, target.id)),
  }),
  route({
    method: 'POST',
    path: '/pipeline-transfers',
    access: account,
    body: CreateTransfer,
    handle: async ({ platform, actor, body: { pipeline, new_owner: newOwner } }) =>
      presentTransfer(
        await transferPipeline(platform, actor, { pipeline: referenceOf(pipeline), newOwner }),
      ),
  }),
]
