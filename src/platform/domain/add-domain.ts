import { transaction } from '#/foundation/db.ts'
import { invalidParams, violates } from '#/foundation/errors.ts'
import { lockApp } from '#/platform/app/app-store.ts'
import type { App } from '#/platform/app/app.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { chooseCertificate } from './choose-certificate.ts'
import { insertDomain, isInWayOfAnotherTeam, listDomains } from './domain-store.ts'
import { isOfPlatform, MOST_DOMAINS, normalizeDomain, type Domain } from './domain.ts'

type Needs = Pick<Platform, 'db' | 'settings'>

/** Lets requests for a host name of the user's own reach the app, at once. */
export const addDomain = async (
  { db, settings }: Needs,
  actor: Actor,
  app: App,
  { hostname: text, certificate: ref }: { hostname: string; certificate: string | null },
): Promise<Domain> => {
  const hostname = hostnameOf(text, settings)
  try {
    return await transaction(db, async (tx) => {
      await lockApp(tx, actor, app.id)
      const domains = await listDomains(tx, actor, app.id)
      if (domains.some((domain) => domain.hostname === hostname))
        throw invalidParams(`${hostname} is already added to this app.`)
      if (domains.length >= MOST_DOMAINS)
        throw invalidParams(`An app can have ${MOST_DOMAINS} domains at most.`)
      if (await isInWayOfAnotherTeam(tx, hostname, app.teamId)) throw taken(hostname)
      const certificate = await chooseCertificate(tx, actor, { appId: app.id, hostname, ref })
      const domain = await insertDomain(tx, actor, {
        appId: app.id,
        hostname,
        kind: 'custom',
        certificateId: certificate?.id ?? null,
      })
      await insertEvent(tx, actor, {
        resource: 'domain',
        resourceId: domain.id,
        action: 'create',
        appId: app.id,
        teamId: app.teamId,
        after: { hostname, certificate: certificate?.name ?? null },
      })
      return domain
    })
  } catch (error) {
    if (violates(error, 'domains_hostname_key')) throw taken(hostname)
    throw error
  }
}

const taken = (hostname: string): Error =>
  invalidParams(`${hostname} is currently in use by another app.`)

const hostnameOf = (text: string, settings: Needs['settings']): string => {
  const hostname = normalizeDomain(text)
  if (hostname === undefined)
    throw invalidParams(
      'hostname must be the full name of a host, such as www.example.com or *.example.com.',
    )
  if (isOfPlatform(hostname, settings))
    throw invalidParams(`${hostname} belongs to this platform. Add a name of your own.`)
  return hostname
}
