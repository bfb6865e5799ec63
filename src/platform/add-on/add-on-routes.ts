import { invalidParams, notFound } from '#/foundation/errors.ts'
import { pageOfAll, parseRange } from '#/foundation/range.ts'
import { onApp } from '#/platform/app/app-access.ts'
import { referenceOf } from '#/platform/app/reference.ts'
import { account, route, sendPage } from '#/platform/route.ts'
import { onAddOn } from './add-on-access.ts'
import {
  CreateAddOn,
  DestroyAddOn,
  presentAddOn,
  ResolveAddOn,
  UpdateAddOn,
} from './add-on-schema.ts'
import { findPlan } from './add-on-service.ts'
import { listAddOns } from './add-on-store.ts'
import { createAddOn } from './create-add-on.ts'
import { destroyAddOn } from './destroy-add-on.ts'
import { renameAddOn } from './rename-add-on.ts'
import { resolveAddOns } from './resolve-add-on.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'

const CREATED = 201
const ACCEPTED = 202

export const addOnRoutes = [
  route({
    method: 'GET',
    path: '/addons',
    access: account,
    handle: async ({ platform, actor, request, reply }) => {
      const range = parseRange(request.headers.range, ['id', 'name'])
      const found = await listAddOns(platform.db, actor)
      const page = pageOfAll(found, range, (addOn) =>
        range.property === 'name' ? addOn.name : addOn.id,
      )
      return sendPage(reply, page, presentAddOn)
    },
  }),
  route({
    method: 'GET',
    path: '/apps/:app/addons',
    access: onApp(...NEEDED.look),
    handle: async ({ platform, actor, target: app }) =>
      (await listAddOns(platform.db, actor, app.id)).map(presentAddOn),
  }),
  ...['/addons/:addOn' as const, '/apps/:app/addons/:addOn' as const].map((path) =>
    route({
      method: 'GET',
      path,
      access: onAddOn(...NEEDED.look),
      handle: async ({ target }) => presentAddOn(target),
    }),
  ),
  route({
    method: 'POST',
    path: '/apps/:app/addons',
    access: onApp(...NEEDED.addOns),
    body: CreateAddOn,
    handle: async ({ platform, actor, target: app, body, reply }) => {
      const addOn = await createAddOn(platform, actor, {
        app,
        plan: referenceOf(body.plan),
        name: body.name ?? undefined,
        attachmentName: body.attachment?.name ?? undefined,
        confirm: body.confirm ?? undefined,
        options: body.config ?? {},
      })
      void reply.code(addOn.state === 'provisioning' ? ACCEPTED : CREATED)
      return presentAddOn(addOn)
    },
  }),
  route({
    method: 'PATCH',
    path: '/apps/:app/addons/:addOn',
    access: onAddOn(...NEEDED.addOns),
    body: UpdateAddOn,
    handle: async ({ platform, actor, target, body }) => {
      if (body.plan !== undefined && findPlan(referenceOf(body.plan))?.plan.name !== target.plan)
        throw invalidParams(
          `${target.name} cannot change its plan. Create another add-on and copy the data.`,
        )
      return presentAddOn(
        body.name === undefined || body.name === target.name
          ? target
          : await renameAddOn(platform, actor, target.id, body.name),
      )
    },
  }),
  route({
    method: 'DELETE',
    path: '/apps/:app/addons/:addOn',
    access: onAddOn(...NEEDED.addOns),
    body: DestroyAddOn,
    handle: async ({ platform, actor, target, params, body }) => {
      if (params.app !== target.appId && params.app !== target.appName)
        throw notFound('add_on', `${target.name} belongs to the app ${target.appName}.`)
      return presentAddOn(
        await destroyAddOn(platform, actor, target, { isForced: body.force ?? false }),
      )
    },
  }),
  route({
    method: 'POST',
    path: '/actions/addons/resolve',
    access: account,
    body: ResolveAddOn,
    status: 200,
    handle: async ({ platform, actor, body }) => {
      const found = await resolveAddOns(platform.db, actor, {
        term: body.addon,
        app: body.app ?? undefined,
        service: body.addon_service ?? undefined,
      })
      return found.map(presentAddOn)
    },
  }),
]
