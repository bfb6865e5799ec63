import { transaction, type Db } from '#/foundation/db.ts'
import { lockApp } from '#/platform/app/app-store.ts'
import type { App } from '#/platform/app/app.ts'
import {
  configVarsOf,
  insertConfigSnapshot,
  readConfigSnapshot,
  type ConfigSnapshot,
} from '#/platform/app/config-snapshot-store.ts'
import { findNewestAddOns } from '#/platform/deploy/newest-add-ons.ts'
import { logRelease, releaseApp } from '#/platform/deploy/release-app.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { findReleaseToFollow } from '#/platform/release/release-store.ts'
import type { Release } from '#/platform/release/release.ts'
import {
  applyChange,
  compareConfigs,
  describeDifference,
  isEmpty,
  type ConfigChange,
  type ConfigDifference,
} from './config-var.ts'

type Needs = Pick<Platform, 'db' | 'keyring' | 'logs'>

/** Sets and removes config vars and releases the app with them; returns all of them. What changes nothing makes no release. */
export const changeConfigVars = async (
  platform: Needs,
  actor: Actor,
  { id }: Pick<App, 'id'>,
  change: ConfigChange,
): Promise<Record<string, string>> => {
  const { vars, made } = await transaction(platform.db, async (tx) => {
    const app = await lockApp(tx, actor, id)
    const needs = { db: tx, keyring: platform.keyring }
    const before = await readConfigSnapshot(needs, app.configSnapshotId)
    const after = applyChange(before, change)
    const difference = compareConfigs(before, after)
    const made = isEmpty(difference)
      ? undefined
      : { difference, release: await releaseConfig(needs, actor, app, { after, difference }) }
    return { vars: configVarsOf(after), made }
  })
  if (made) logChange(platform, actor, made)
  return vars
}

const releaseConfig = async (
  needs: { db: Db; keyring: Platform['keyring'] },
  actor: Actor,
  app: App,
  { after, difference }: { after: ConfigSnapshot; difference: ConfigDifference },
): Promise<Release> => {
  await insertEvent(needs.db, actor, {
    resource: 'config-var',
    action: 'update',
    appId: app.id,
    teamId: app.teamId,
    after: difference, // names only: an event is read by people who may not read values
  })
  return releaseApp(needs.db, actor, {
    appId: app.id,
    slugId: (await findReleaseToFollow(needs.db, actor, app.id))?.slugId ?? null,
    configSnapshotId: await insertConfigSnapshot(needs, app.id, after),
    description: describeDifference(difference),
    addOns: await findNewestAddOns(needs.db, actor, app.id),
    cause: 'config',
  })
}

const logChange = (
  platform: Needs,
  actor: Actor,
  { difference, release }: { difference: ConfigDifference; release: Release },
): void => {
  platform.logs.append(release.appId, {
    at: Date.now(),
    source: 'app',
    dyno: 'api',
    text: `${describeDifference(difference)} by user ${actor.name}`,
  })
  logRelease(platform, release)
}
