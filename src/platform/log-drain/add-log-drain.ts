import { transaction } from '#/foundation/db.ts'
import { invalidParams, violates } from '#/foundation/errors.ts'
import { isHostReachable, privateDrainHosts } from '#/foundation/guarded-lookup.ts'
import { lockApp } from '#/platform/app/app-store.ts'
import type { App } from '#/platform/app/app.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { insertLogDrain, listLogDrains } from './log-drain-store.ts'
import { describeDrainUrl, drainTargetOf, MOST_DRAINS, type LogDrain } from './log-drain.ts'

type Needs = Pick<Platform, 'db' | 'keyring'>

/** Sends what the app logs from now on to a URL too. */
export const addLogDrain = async (
  { db, keyring }: Needs,
  actor: Actor,
  app: App,
  url: string,
): Promise<LogDrain> => {
  refuseUnlessDrain(url)
  try {
    return await transaction(db, async (tx) => {
      await lockApp(tx, actor, app.id)
      const needs = { db: tx, keyring }
      if ((await listLogDrains(needs, actor, app.id)).length >= MOST_DRAINS)
        throw invalidParams(`An app can have ${MOST_DRAINS} log drains at most.`)
      const drain = await insertLogDrain(needs, actor, { appId: app.id, url })
      await insertEvent(tx, actor, {
        resource: 'log-drain',
        resourceId: drain.id,
        action: 'create',
        appId: app.id,
        teamId: app.teamId,
        after: { token: drain.token, to: describeDrainUrl(url) },
      })
      return drain
    })
  } catch (error) {
    if (violates(error, 'log_drains_url_key')) throw invalidParams('Url has already been taken.')
    throw error
  }
}

const refuseUnlessDrain = (url: string): void => {
  const target = drainTargetOf(url)
  if (!target)
    throw invalidParams(
      'url must be https://…, syslog+tls://HOST:PORT or syslog://HOST:PORT, and 450 characters long at most.',
    )
  if (!isHostReachable(target.host, privateDrainHosts()))
    throw invalidParams(
      `${target.host} is not a public address. The operator may allow it with SLUICE_PRIVATE_DRAIN_HOSTS.`,
    )
}
