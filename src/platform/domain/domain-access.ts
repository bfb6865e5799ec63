import { notFound } from '#/foundation/errors.ts'
import { accessName, onApp } from '#/platform/app/app-access.ts'
import type { App } from '#/platform/app/app.ts'
import type { ScopedAccess } from '#/platform/route.ts'
import type { Permission } from '#/platform/team/team.ts'
import { listDomains } from './domain-store.ts'
import { normalizeDomain, type Domain } from './domain.ts'

/** An app's domain among all of the app's: what is shown of it needs the default one. */
export type DomainOfApp = { app: App; domain: Domain; target: string }

/** Below `/apps/:app/domains/:domain`, by id or host name. */
export const onDomain = (...needed: readonly Permission[]): ScopedAccess<DomainOfApp> => ({
  name: accessName('app', needed),
  reach: 'apps',
  find: async (lookup) => {
    const app = await onApp(...needed).find(lookup)
    const ref = lookup.params['domain'] ?? ''
    const domains = await listDomains(lookup.platform.db, lookup.actor, app.id)
    const domain = domains.find(
      ({ id, hostname }) => id === ref || hostname === normalizeDomain(ref),
    )
    if (!domain) throw notFound('domain')
    return { app, domain, target: domains[0]?.hostname ?? '' }
  },
})
