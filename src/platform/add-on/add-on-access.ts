import { accessName } from '#/platform/app/app-access.ts'
import { getApp } from '#/platform/app/app-store.ts'
import type { Access } from '#/platform/route.ts'
import type { Permission } from '#/platform/team/team.ts'
import { getAddOn } from './add-on-store.ts'
import type { AddOn, Attachment } from './add-on.ts'
import { getAttachment } from './attachment-store.ts'

/** For routes below `/addons/:addOn` and `/apps/:app/addons/:addOn`; the permissions are on the app that owns it. */
export const onAddOn = (...needed: readonly Permission[]): Access<AddOn> => ({
  name: accessName('add-on', needed),
  find: async ({ platform: { db }, actor, params }) => {
    const app =
      params['app'] === undefined ? undefined : await getApp(db, actor, params['app'], 'view')
    return getAddOn(db, actor, params['addOn'] ?? '', {
      needed,
      ...(app ? { appId: app.id } : {}),
    })
  },
})

/** For routes below `/addon-attachments/:attachment` and `/apps/:app/addon-attachments/:attachment`. */
export const onAttachment = (...needed: readonly Permission[]): Access<Attachment> => ({
  name: accessName('add-on-attachment', needed),
  find: async ({ platform: { db }, actor, params }) => {
    const app =
      params['app'] === undefined ? undefined : await getApp(db, actor, params['app'], 'view')
    const attachment = await getAttachment(db, actor, params['attachment'] ?? '', app?.id)
    await getApp(db, actor, attachment.appId, needed)
    return attachment
  },
})
