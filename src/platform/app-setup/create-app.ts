import { transaction, type Db } from '#/foundation/db.ts'
import { newName } from '#/foundation/ids.ts'
import { insertApp } from '#/platform/app/app-store.ts'
import { insertGrant, listOwnPermissions } from '#/platform/app/collaborator-store.ts'
import { ON_PERSONAL_APPS } from '#/platform/app/collaborator.ts'
import { DEFAULT_STACK, type App } from '#/platform/app/app.ts'
import { EMPTY_CONFIG, insertConfigSnapshot } from '#/platform/app/config-snapshot-store.ts'
import { logRelease, releaseApp } from '#/platform/deploy/release-app.ts'
import { insertDomain } from '#/platform/domain/domain-store.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import type { Release } from '#/platform/release/release.ts'
import { asNameTaken, claimName, NameTaken } from './app-name.ts'

export type NewAppInput = {
  /** Undefined: one is invented. */
  name: string | undefined
  teamId: string
  stack: string | undefined
  locked?: boolean
}

type Needs = Pick<Platform, 'db' | 'keyring' | 'settings' | 'logs'>

/** Makes an app with its address, its data key and an empty config, and releases that as v1. */
export const createApp = async (
  platform: Needs,
  actor: Actor,
  { name, teamId, stack = DEFAULT_STACK, locked = false }: NewAppInput,
): Promise<App> => {
  const insert = (chosen: string) =>
    insertWhole(platform, actor, { name: chosen, teamId, stack, locked })
  const { app, release } = name === undefined ? await withNewName(insert) : await insert(name)
  platform.logs.append(app.id, {
    at: Date.now(),
    source: 'app',
    dyno: 'api',
    text: `${release.description} by user ${actor.name}`,
  })
  logRelease(platform, release)
  return app
}

const MOST_TRIES = 5

const withNewName = async <T>(insert: (name: string) => Promise<T>): Promise<T> => {
  for (let tried = 1; ; tried++)
    try {
      return await insert(newName())
    } catch (error) {
      if (!(error instanceof NameTaken) || tried >= MOST_TRIES) throw error
    }
}

const insertWhole = async (
  { db, keyring, settings }: Needs,
  actor: Actor,
  input: { name: string; teamId: string; stack: string; locked: boolean },
): Promise<{ app: App; release: Release }> => {
  try {
    return await transaction(db, async (tx) => {
      const { hostname } = await claimName(tx, settings, input)
      const app = await insertApp(tx, actor, input)
      await insertDomain(tx, actor, { appId: app.id, hostname, kind: 'heroku' })
      await insertEvent(tx, actor, {
        resource: 'app',
        resourceId: app.id,
        action: 'create',
        appId: app.id,
        teamId: app.teamId,
        after: { name: app.name, stack: app.stack, ...(app.locked ? { locked: true } : {}) },
      })
      await grantToMaker(tx, actor, app)
      const configSnapshotId = await insertConfigSnapshot({ db: tx, keyring }, app.id, EMPTY_CONFIG)
      const release = await releaseApp(tx, actor, {
        appId: app.id,
        slugId: null,
        configSnapshotId,
        description: 'Initial release',
        addOns: [],
        cause: 'create',
      })
      return { app, release }
    })
  } catch (error) {
    throw asNameTaken(error, input.name)
  }
}

/** Whoever makes an app works on it, also where it is locked or the team gives its members less. */
const grantToMaker = async (tx: Db, actor: Actor, { id, teamId }: App): Promise<void> => {
  const held = await listOwnPermissions(tx, actor, id)
  if (actor.accountId === null || ON_PERSONAL_APPS.every((one) => held.includes(one))) return
  const { accountId, name: email } = actor
  const permissions = [...ON_PERSONAL_APPS]
  await insertGrant(tx, { appId: id, email: email.toLowerCase(), accountId, permissions })
  await insertEvent(tx, actor, {
    resource: 'collaborator',
    action: 'create',
    appId: id,
    teamId,
    after: { user: email.toLowerCase(), permissions },
  })
}
