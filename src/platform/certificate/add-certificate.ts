import { randomInt } from 'node:crypto'
import { transaction } from '#/foundation/db.ts'
import { invalidParams } from '#/foundation/errors.ts'
import { lockApp } from '#/platform/app/app-store.ts'
import type { App } from '#/platform/app/app.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import {
  insertCertificate,
  listCertificates,
  listDomainsToServe,
  setCertificateOfDomains,
} from './certificate-store.ts'
import { isForHost, MOST_CERTIFICATES, type Certificate } from './certificate.ts'
import { readCertificate, type CertificateText } from './read-certificate.ts'

/** Adds a certificate to an app. Those of its domains that have none yet and that it is for are served with it at once. */
export const addCertificate = async (
  { db, keyring }: Pick<Platform, 'db' | 'keyring'>,
  actor: Actor,
  app: App,
  text: CertificateText,
): Promise<Certificate> => {
  const given = readCertificate(text)
  return transaction(db, async (tx) => {
    await lockApp(tx, actor, app.id)
    const others = await listCertificates(tx, actor, app.id)
    if (others.length >= MOST_CERTIFICATES)
      throw invalidParams(`An app can have ${MOST_CERTIFICATES} certificates at most.`)
    const name = aFreeName(others)
    const needs = { db: tx, keyring }
    const certificate = await insertCertificate(needs, actor, { appId: app.id, name, given })
    const waiting = (await listDomainsToServe(tx, actor, app.id)).filter(
      ({ certificateId, hostname }) =>
        certificateId === null && isForHost(certificate.names, hostname),
    )
    const ids = waiting.map(({ id }) => id)
    await setCertificateOfDomains(tx, actor, ids, certificate.id)
    await insertEvent(tx, actor, {
      resource: 'sni-endpoint',
      resourceId: certificate.id,
      action: 'create',
      appId: app.id,
      teamId: app.teamId,
      after: { ...described(certificate), domains: waiting.map(({ hostname }) => hostname) },
    })
    return certificate
  })
}

const aFreeName = (others: Certificate[]): string => {
  for (;;) {
    const name = `certificate-${randomInt(10_000, 100_000)}`
    if (!others.some((other) => other.name === name)) return name
  }
}

/** For events. */
export const described = ({ name, names, subject, issuer, expiresAt }: Certificate) => ({
  name,
  names,
  subject,
  issuer,
  expiresAt,
})
