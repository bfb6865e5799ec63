import { transaction } from '#/foundation/db.ts'
import { invalidParams, violates } from '#/foundation/errors.ts'
import { lockApp } from '#/platform/app/app-store.ts'
import type { App } from '#/platform/app/app.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { insertDomain, listDomains } from './domain-store.ts'
import { isOfPlatform, MOST_DOMAINS, normalizeHostname, type Domain } from './domain.ts'

type Needs = Pick<Platform, 'db' | 'settings'>

/** Lets requests for a host name of the user's own reach the app, at once. */
export const addDomain = async (
  { db, settings }: Needs,
  actor: Actor,
  app: App,
  text: string,
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
      const domain = await insertDomain(tx, actor, { appId: app.id, hostname, kind: 'custom' })
      await insertEvent(tx, actor, {
        resource: 'domain',
        resourceId: domain.id,
        action: 'create',
        appId: app.id,
        teamId: app.teamId,
        after: { hostname },
      })
      return domain
    })
  } catch (error) {
    if (violates(error, 'domains_hostname_key'))
      throw invalidParams(`${hostname} is currently in use by another app.`)
    throw error
  }
}

const hostnameOf = (text: string, settings: Needs['settings']): string => {
  if (text.includes('*'))
    throw invalidParams('Wildcard domains are not supported. Add each host name by itself.')
  const hostname = normalizeHostname(text)
  if (hostname === undefined)
    throw invalidParams('hostname must be the full name of a host, such as www.example.com.')
  if (isOfPlatform(hostname, settings))
    throw invalidParams(`${hostname} belongs to this platform. Add a name of your own.`)
  return hostname
}
