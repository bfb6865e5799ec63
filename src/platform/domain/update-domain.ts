import { transaction } from '#/foundation/db.ts'
import { notFound } from '#/foundation/errors.ts'
import { lockApp } from '#/platform/app/app-store.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { invalidParams } from '#/foundation/errors.ts'
import { chooseCertificate } from './choose-certificate.ts'
import type { DomainOfApp } from './domain-access.ts'
import { getDomain, setCertificateOfDomain } from './domain-store.ts'
import type { Domain } from './domain.ts'

/** Has a domain served with that certificate; with null, with the platform's own. */
export const updateDomain = async (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  { app, domain }: DomainOfApp,
  ref: string | null,
): Promise<Domain> => {
  if (domain.kind === 'heroku')
    throw invalidParams(`${domain.hostname} is served with the platform's own certificate.`)
  return transaction(db, async (tx) => {
    await lockApp(tx, actor, app.id)
    const { hostname } = domain
    const chosen =
      ref === null
        ? undefined
        : await chooseCertificate(tx, actor, { appId: app.id, hostname, ref })
    if (!(await setCertificateOfDomain(tx, actor, domain.id, chosen?.id ?? null)))
      throw notFound('domain')
    await insertEvent(tx, actor, {
      resource: 'domain',
      resourceId: domain.id,
      action: 'update',
      appId: app.id,
      teamId: app.teamId,
      before: { hostname, certificate: domain.certificateName },
      after: { hostname, certificate: chosen?.name ?? null },
    })
    return getDomain(tx, actor, domain.id)
  })
}
