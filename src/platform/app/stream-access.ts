import { notFound } from '#/foundation/errors.ts'
import { isLive } from '#/platform/account/authorization-store.ts'
import { watchAccess } from '#/platform/account/watch-access.ts'
import { holderOf, withCapability } from '#/platform/capability.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Access, Lookup } from '#/platform/route.ts'
import type { Permission } from '#/platform/team/team.ts'
import { accessName } from './app-access.ts'
import { getApp } from './app-store.ts'
import type { App } from './app.ts'

export type OpenStream = {
  app: App
  /** Aborted when the reader is gone, or may read it no more. */
  until: (gone: AbortSignal) => AbortSignal
}

/**
 * For the signed URL of a stream: it is good for as long as whoever it was made for has the permission on the app,
 * and so is the stream that it has opened.
 */
export const onStreamOf = (
  findAppId: (lookup: Lookup) => Promise<string>,
  ...needed: readonly Permission[]
): Access<OpenStream> => ({
  name: `anyone: holds a signed URL of somebody with ${accessName('app', needed)}`,
  find: async (lookup) => {
    const { platform } = lookup
    await withCapability.find(lookup)
    const holder: Actor = { ...lookup.actor, ...holderOf(lookup.request.url) }
    if (!(await isLive(platform.db, holder))) throw notFound('stream')
    const appId = await findAppId(lookup)
    const check = async (): Promise<App> => {
      await withCapability.find(lookup) // it ends after a time
      return getApp(platform.db, holder, appId, needed)
    }
    const app = await check()
    return { app, until: (gone) => watchAccess(platform, holder, check, gone) }
  },
})
