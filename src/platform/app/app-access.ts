import type { Permission } from '#/platform/team/team.ts'
import type { ScopedAccess } from '#/platform/route.ts'
import { getApp } from './app-store.ts'
import type { App } from './app.ts'

/** For routes below `/apps/:app`: finds the app if the caller has the permission on it. */
export const onApp = (permission: Permission): ScopedAccess<App> => ({
  name: `app:${permission}`,
  reach: 'apps',
  find: ({ platform, actor, params }) =>
    getApp(platform.db, actor, params['app'] ?? '', permission),
})
