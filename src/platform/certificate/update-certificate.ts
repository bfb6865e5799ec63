import { transaction } from '#/foundation/db.ts'
import { invalidParams, notFound } from '#/foundation/errors.ts'
import { lockApp } from '#/platform/app/app-store.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { described } from './add-certificate.ts'
import type { CertificateOfApp } from './certificate-access.ts'
import { listDomainsToServe, replaceCertificate } from './certificate-store.ts'
import { isForHost, type Certificate } from './certificate.ts'
import { readCertificate, type CertificateText } from './read-certificate.ts'

/** Puts a new chain and key in the place of the old. Connections that are open go on with what they began with. */
export const updateCertificate = async (
  { db, keyring }: Pick<Platform, 'db' | 'keyring'>,
  actor: Actor,
  { app, certificate: before }: CertificateOfApp,
  text: CertificateText,
): Promise<Certificate> => {
  const given = readCertificate(text)
  return transaction(db, async (tx) => {
    await lockApp(tx, actor, app.id)
    const uncovered = (await listDomainsToServe(tx, actor, app.id)).filter(
      ({ certificateId, hostname }) =>
        certificateId === before.id && !isForHost(given.facts.names, hostname),
    )
    if (uncovered.length > 0)
      throw invalidParams(
        `The new certificate is not for ${uncovered.map(({ hostname }) => hostname).join(', ')}, which ${before.name} serves.`,
      )
    const after = await replaceCertificate({ db: tx, keyring }, actor, before, given)
    if (!after) throw notFound('sni_endpoint')
    await insertEvent(tx, actor, {
      resource: 'sni-endpoint',
      resourceId: after.id,
      action: 'update',
      appId: app.id,
      teamId: app.teamId,
      before: described(before),
      after: described(after),
    })
    return after
  })
}
