import type { Static } from 'typebox'
import { invalidParams, notFound } from '#/foundation/errors.ts'
import { onApp } from '#/platform/app/app-access.ts'
import { referenceOf } from '#/platform/app/reference.ts'
import {
  presentProcessType,
  sizeOfReference,
  UpdateFormation,
  UpdateProcessType,
} from '#/platform/formation/formation-schema.ts'
import { SIZES } from '#/platform/formation/formation.ts'
import { route } from '#/platform/route.ts'
import { listProcessTypes } from './list-process-types.ts'
import { scaleApp, type ScaleUpdate } from './scale-app.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'

export const formationRoutes = [
  route({
    method: 'GET',
    path: '/apps/:app/formation',
    access: onApp(...NEEDED.look),
    handle: async ({ platform, actor, target: app }) =>
      (await listProcessTypes(platform.db, actor, app.id)).map((process) =>
        presentProcessType(process, { app }),
      ),
  }),
  route({
    method: 'GET',
    path: '/apps/:app/formation/:type',
    access: onApp(...NEEDED.look),
    handle: async ({ platform, actor, target: app, params }) => {
      const all = await listProcessTypes(platform.db, actor, app.id)
      const found = all.find(({ id, type }) => type === params.type || id === params.type)
      if (!found) throw notFound('formation', `Couldn't find that process type (${params.type}).`)
      return presentProcessType(found, { app })
    },
  }),
  route({
    method: 'PATCH',
    path: '/apps/:app/formation',
    access: onApp(...NEEDED.scale),
    body: UpdateFormation,
    handle: async ({ platform, actor, target: app, body }) => {
      const updates = body.updates.map(({ type, ...change }) => updateOf(type, change))
      const all = await scaleApp(platform, actor, app, updates)
      return all.map((process) => presentProcessType(process, { app }))
    },
  }),
  route({
    method: 'PATCH',
    path: '/apps/:app/formation/:type',
    access: onApp(...NEEDED.scale),
    body: UpdateProcessType,
    handle: async ({ platform, actor, target: app, params, body }) => {
      const all = await scaleApp(platform, actor, app, [updateOf(params.type, body)])
      return all
        .filter(({ id, type }) => type === params.type || id === params.type)
        .map((process) => presentProcessType(process, { app }))[0]
    },
  }),
]

/** Clients spell the size as `size` or `dyno_size`, as a name in any case or as an object. */
const updateOf = (type: string, change: Static<typeof UpdateProcessType>): ScaleUpdate => {
  const asked = change.size ?? change.dyno_size
  return {
    type,
    ...(change.quantity === undefined ? {} : { quantity: change.quantity }),
    ...(asked === undefined ? {} : { size: sizeAsked(referenceOf(asked)) }),
  }
}

const sizeAsked = (ref: string): string => {
  const size = sizeOfReference(ref)
  if (size === undefined)
    throw invalidParams(
      `There is no such dyno size. Choose one of ${Object.keys(SIZES).join(', ')}.`,
    )
  return size
}
