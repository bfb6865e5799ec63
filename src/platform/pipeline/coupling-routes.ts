import type { FastifyReply, FastifyRequest } from 'fastify'
import { notFound } from '#/foundation/errors.ts'
import { pageOfAll, parseRange } from '#/foundation/range.ts'
import { onApp } from '#/platform/app/app-access.ts'
import { referenceOf } from '#/platform/app/reference.ts'
import { account, route, sendPage } from '#/platform/route.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'
import { findTeam } from '#/platform/team/team-store.ts'
import { changeStage } from './change-stage.ts'
import { coupleApp } from './couple-app.ts'
import { getCouplingOfApp, listCouplings } from './coupling-store.ts'
import { onCoupling, onPipeline } from './pipeline-access.ts'
import { CreateCoupling, presentCoupling, UpdateCoupling } from './pipeline-schema.ts'
import type { Coupling } from './pipeline.ts'
import { uncoupleApp } from './uncouple-app.ts'

export const couplingRoutes = [
  ...['/pipeline-couplings' as const, '/users/~/pipeline-couplings' as const].map((path) =>
    route({
      method: 'GET',
      path,
      access: account,
      handle: async ({ platform, actor, request, reply }) =>
        sendCouplings(request, reply, await listCouplings(platform.db, actor)),
    }),
  ),
  route({
    method: 'GET',
    path: '/teams/:team/pipeline-couplings',
    access: account,
    handle: async ({ platform, actor, params, request, reply }) => {
      const team = await findTeam(platform.db, actor, params.team)
      if (!team) throw notFound('team')
      const found = await listCouplings(platform.db, actor, { teamId: team.id })
      return sendCouplings(request, reply, found)
    },
  }),
  route({
    method: 'GET',
    path: '/pipelines/:pipeline/pipeline-couplings',
    access: onPipeline('view'),
    handle: async ({ platform, actor, target, request, reply }) => {
      const found = await listCouplings(platform.db, actor, { pipelineId: target.id })
      return sendCouplings(request, reply, found)
    },
  }),
  route({
    method: 'GET',
    path: '/apps/:app/pipeline-couplings',
    access: onApp(...NEEDED.look),
    handle: async ({ platform, actor, target: app }) =>
      presentCoupling(await getCouplingOfApp(platform.db, actor, app.id)),
  }),
  route({
    method: 'POST',
    path: '/pipeline-couplings',
    access: account,
    body: CreateCoupling,
    handle: async ({ platform, actor, body: { app, pipeline, stage } }) =>
      presentCoupling(
        await coupleApp(platform, actor, {
          app: referenceOf(app),
          pipeline: referenceOf(pipeline),
          stage,
        }),
      ),
  }),
  route({
    method: 'GET',
    path: '/pipeline-couplings/:coupling',
    access: onCoupling('view'),
    handle: async ({ target }) => presentCoupling(target),
  }),
  route({
    method: 'PATCH',
    path: '/pipeline-couplings/:coupling',
    access: onCoupling('deploy'),
    body: UpdateCoupling,
    handle: async ({ platform, actor, target, body }) =>
      presentCoupling(await changeStage(platform, actor, target, body.stage)),
  }),
  route({
    method: 'DELETE',
    path: '/pipeline-couplings/:coupling',
    access: onCoupling('deploy'),
    handle: async ({ platform, actor, target }) => {
      await uncoupleApp(platform, actor, target)
      return presentCoupling(target)
    },
  }),
]

const sendCouplings = (request: FastifyRequest, reply: FastifyReply, found: Coupling[]) =>
  sendPage(
    reply,
    pageOfAll(found, parseRange(request.headers.range, ['id']), ({ id }) => id),
    presentCoupling,
  )
