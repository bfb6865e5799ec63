import { ApiError } from '#/foundation/errors.ts'
import { getApp } from '#/platform/app/app-store.ts'
import type { App } from '#/platform/app/app.ts'
import { withCapability } from '#/platform/capability.ts'
import type { ScopedAccess } from '#/platform/route.ts'
import { decodeLogSession, type LogSession } from './log-session.ts'

export type OpenLogSession = {
  app: App
  session: LogSession
  /** Whether whoever asked for the session may (still) read the app's log. */
  mayGoOn: () => Promise<boolean>
}

/** For the URL of a log session: it is good for as long as whoever asked for it may read the app's log. */
export const logSessionHolder: ScopedAccess<OpenLogSession> = {
  name: 'anyone: holds the signed URL of somebody who may read the log',
  reach: 'open',
  find: async (lookup) => {
    await withCapability.find(lookup)
    const { platform, actor, params } = lookup
    const session = decodeLogSession(params['session'] ?? '')
    const holder = { ...actor, accountId: session.accountId }
    const findApp = (): Promise<App> => getApp(platform.db, holder, params['app'] ?? '', 'operate')
    const check = async (): Promise<void> => {
      await withCapability.find(lookup) // it ends after a time
      await findApp()
    }
    return { app: await findApp(), session, mayGoOn: () => isAllowed(check) }
  },
}

/** A database that does not answer takes no permission away. */
const isAllowed = async (check: () => Promise<void>): Promise<boolean> => {
  try {
    await check()
    return true
  } catch (error) {
    return !(error instanceof ApiError)
  }
}
