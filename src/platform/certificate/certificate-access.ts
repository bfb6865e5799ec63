import { notFound } from '#/foundation/errors.ts'
import { accessName, onApp } from '#/platform/app/app-access.ts'
import type { App } from '#/platform/app/app.ts'
import type { ScopedAccess } from '#/platform/route.ts'
import type { Permission } from '#/platform/team/team.ts'
import { listCertificates } from './certificate-store.ts'
import type { Certificate } from './certificate.ts'

export type CertificateOfApp = { app: App; certificate: Certificate }

/** Below `/apps/:app/sni-endpoints/:certificate`, by id or name. */
export const onCertificate = (
  ...needed: readonly Permission[]
): ScopedAccess<CertificateOfApp> => ({
  name: accessName('app', needed),
  reach: 'apps',
  find: async (lookup) => {
    const app = await onApp(...needed).find(lookup)
    const ref = lookup.params['certificate'] ?? ''
    const all = await listCertificates(lookup.platform.db, lookup.actor, app.id)
    const certificate = all.find(({ id, name }) => id === ref || name === ref)
    if (!certificate) throw notFound('sni_endpoint')
    return { app, certificate }
  },
})
