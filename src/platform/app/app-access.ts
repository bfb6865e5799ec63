import type { Permission } from '#/platform/team/team.ts'
import type { Access } from '#/platform/route.ts'
import { getApp } from './app-store.ts'
import type { App } from './app.ts'

/** For routes below `/apps/:app`: finds the app if the caller has one of the permissions on it. */
export const onApp = (...needed: readonly Permission[]): Access<App> => ({
  name: accessName('app', needed),
  find: ({ platform, actor, params }) => getApp(platform.db, actor, params['app'] ?? '', needed),
})

/** `app:deploy|operate`: one of these permissions on it. */
export const accessName = (noun: string, needed: readonly Permission[]): string =>
  `${noun}:${needed.join('|')}`
