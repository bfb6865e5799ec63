import { transaction } from '#/foundation/db.ts'
import { notFound } from '#/foundation/errors.ts'
import { lockApp } from '#/platform/app/app-store.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { described } from './add-certificate.ts'
import type { CertificateOfApp } from './certificate-access.ts'
import { deleteCertificate } from './certificate-store.ts'

/** Its domains are served with the platform's own certificate from then on. */
export const removeCertificate = async (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  { app, certificate }: CertificateOfApp,
): Promise<void> => {
  await transaction(db, async (tx) => {
    await lockApp(tx, actor, app.id)
    if (!(await deleteCertificate(tx, actor, certificate.id))) throw notFound('sni_endpoint')
    await insertEvent(tx, actor, {
      resource: 'sni-endpoint',
      resourceId: certificate.id,
      action: 'destroy',
      appId: app.id,
      teamId: app.teamId,
      before: described(certificate),
    })
  })
}
