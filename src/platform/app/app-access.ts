import type { Permission } from '#/platform/team/team.ts'
import type { ScopedAccess } from '#/platform/route.ts'
import { getApp } from './app-store.ts'
import type { App } from './app.ts'

/** For routes below `/apps/:app`: finds the app if the caller has one of the permissions on it. */
export const onApp = (...needed: readonly Permission[]): ScopedAccess<App> => ({
  name: accessName('app', needed),
  reach: 'apps',
  find: ({ platform, actor, params }) => getApp(platform.db, actor, params['app'] ?? '', needed),
})

/** `app:deploy|operate`: one of these permissions on it. */
export const accessName = (noun: string, needed: readonly Permission[]): string =>
  `${noun}:${needed.join('|')}`
