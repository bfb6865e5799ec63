import { notFound } from '#/foundation/errors.ts'
import { accessName, onApp } from '#/platform/app/app-access.ts'
import type { App } from '#/platform/app/app.ts'
import type { ScopedAccess } from '#/platform/route.ts'
import type { Permission } from '#/platform/team/team.ts'
import { listLogDrains } from './log-drain-store.ts'
import type { LogDrain } from './log-drain.ts'

/** Below `/apps/:app/log-drains/:drain`, by id, URL or token. */
export const onLogDrain = (
  ...needed: readonly Permission[]
): ScopedAccess<{ app: App; drain: LogDrain }> => ({
  name: accessName('app', needed),
  reach: 'apps',
  find: async (lookup) => {
    const app = await onApp(...needed).find(lookup)
    const ref = lookup.params['drain'] ?? ''
    const drains = await listLogDrains(lookup.platform, lookup.actor, app.id)
    const drain = drains.find(({ id, url, token }) => [id, url, token].includes(ref))
    if (!drain) throw notFound('log_drain', "Couldn't find that drain.")
    return { app, drain }
  },
})
