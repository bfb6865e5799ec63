import { invalidParams } from '#/foundation/errors.ts'
import { pageOfAll, parseRange } from '#/foundation/range.ts'
import { onApp } from '#/platform/app/app-access.ts'
import { referenceOf } from '#/platform/app/reference.ts'
import { account, route, sendPage } from '#/platform/route.ts'
import { onAddOn, onAttachment } from './add-on-access.ts'
import { CreateAttachment, presentAttachment, ResolveAttachment } from './add-on-schema.ts'
import { attachAddOn } from './attach-add-on.ts'
import { listAttachments } from './attachment-store.ts'
import { detachAddOn } from './detach-add-on.ts'
import { resolveAttachments } from './resolve-add-on.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'

const ONE = [
  '/addon-attachments/:attachment' as const,
  '/apps/:app/addon-attachments/:attachment' as const,
]

export const attachmentRoutes = [
  route({
    method: 'GET',
    path: '/addon-attachments',
    access: account,
    handle: async ({ platform, actor, request, reply }) => {
      const range = parseRange(request.headers.range, ['id'])
      const found = await listAttachments(platform.db, actor)
      return sendPage(
        reply,
        pageOfAll(found, range, ({ id }) => id),
        presentAttachment,
      )
    },
  }),
  route({
    method: 'GET',
    path: '/apps/:app/addon-attachments',
    access: onApp(...NEEDED.look),
    handle: async ({ platform, actor, target: app }) =>
      (await listAttachments(platform.db, actor, { appId: app.id })).map(presentAttachment),
  }),
  route({
    method: 'GET',
    path: '/addons/:addOn/addon-attachments',
    access: onAddOn(...NEEDED.look),
    handle: async ({ platform, actor, target }) =>
      (await listAttachments(platform.db, actor, { addOnId: target.id })).map(presentAttachment),
  }),
  route({
    method: 'POST',
    path: '/addon-attachments',
    access: account,
    body: CreateAttachment,
    handle: async ({ platform, actor, body }) => {
      if (body.namespace)
        throw invalidParams(`There is no ${body.namespace} here: attach without a credential.`)
      const attachment = await attachAddOn(platform, actor, {
        addOn: referenceOf(body.addon),
        app: referenceOf(body.app),
        name: body.name ?? undefined,
        confirm: body.confirm ?? undefined,
      })
      return presentAttachment(attachment)
    },
  }),
  ...ONE.map((path) =>
    route({
      method: 'GET',
      path,
      access: onAttachment(...NEEDED.look),
      handle: async ({ target }) => presentAttachment(target),
    }),
  ),
  ...ONE.map((path) =>
    route({
      method: 'DELETE',
      path,
      access: onAttachment(...NEEDED.addOns),
      handle: async ({ platform, actor, target }) => {
        await detachAddOn(platform, actor, target)
        return presentAttachment(target)
      },
    }),
  ),
  route({
    method: 'POST',
    path: '/actions/addon-attachments/resolve',
    access: account,
    body: ResolveAttachment,
    status: 200,
    handle: async ({ platform, actor, body }) => {
      const found = await resolveAttachments(platform.db, actor, {
        term: body.addon_attachment,
        app: body.app ?? undefined,
        service: body.addon_service ?? undefined,
      })
      return found.map(presentAttachment)
    },
  }),
]
