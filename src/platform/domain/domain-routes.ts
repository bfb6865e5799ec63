import { pageOfAll, parseRange } from '#/foundation/range.ts'
import { onApp } from '#/platform/app/app-access.ts'
import { route, sendPage } from '#/platform/route.ts'
import { addDomain } from './add-domain.ts'
import { onDomain } from './domain-access.ts'
import { AddDomain, presentDomain, UpdateDomain } from './domain-schema.ts'
import { getDefaultDomain, listDomains } from './domain-store.ts'
import { removeDomain } from './remove-domain.ts'
import { updateDomain } from './update-domain.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'

export const domainRoutes = [
  route({
    method: 'GET',
    path: '/apps/:app/domains',
    access: onApp(...NEEDED.look),
    handle: async ({ platform, actor, target: app, request, reply }) => {
      const domains = await listDomains(platform.db, actor, app.id)
      const range = parseRange(request.headers.range, ['id', 'hostname'])
      const page = pageOfAll(domains, range, ({ id, hostname }) =>
        range.property === 'id' ? id : hostname,
      )
      const target = domains[0]?.hostname ?? ''
      return sendPage(reply, page, (domain) => presentDomain(domain, { app, target }))
    },
  }),
  route({
    method: 'POST',
    path: '/apps/:app/domains',
    access: onApp(...NEEDED.domains),
    body: AddDomain,
    handle: async ({ platform, actor, target: app, body }) => {
      const { hostname: wanted, sni_endpoint: certificate = null } = body
      const domain = await addDomain(platform, actor, app, { hostname: wanted, certificate })
      const { hostname } = await getDefaultDomain(platform.db, actor, app.id)
      return presentDomain(domain, { app, target: hostname })
    },
  }),
  route({
    method: 'GET',
    path: '/apps/:app/domains/:domain',
    access: onDomain(...NEEDED.look),
    handle: async ({ target }) => presentDomain(target.domain, target),
  }),
  route({
    method: 'PATCH',
    path: '/apps/:app/domains/:domain',
    access: onDomain(...NEEDED.domains),
    body: UpdateDomain,
    handle: async ({ platform, actor, target, body }) =>
      presentDomain(await updateDomain(platform, actor, target, body.sni_endpoint ?? null), target),
  }),
  route({
    method: 'DELETE',
    path: '/apps/:app/domains/:domain',
    access: onDomain(...NEEDED.domains),
    handle: async ({ platform, actor, target }) => {
      await removeDomain(platform, actor, target.app, target.domain)
      return presentDomain(target.domain, target)
    },
  }),
]
