import { listReleaseAddOns } from '#/platform/add-on/attachment-store.ts'
import { getPlan } from '#/platform/add-on/add-on-service.ts'
import { mayOn } from '#/platform/app/app-store.ts'
import type { App } from '#/platform/app/app.ts'
import { configVarsOf, readConfigSnapshot } from '#/platform/app/config-snapshot-store.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import { findCurrentRelease } from '#/platform/release/release-store.ts'
import { getSlug } from '#/platform/slug/slug-store.ts'
import type { AppState } from './promotion-plan.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'

/** What an app runs now and what its next release would find. Config only for whoever may deploy there. */
export const readAppState = async (
  { db, keyring }: Pick<Platform, 'db' | 'keyring'>,
  actor: Actor,
  app: App,
): Promise<AppState> => {
  const release = (await findCurrentRelease(db, actor, app.id)) ?? null
  const addOns = await listReleaseAddOns(db, app.id)
  const mayRead = await mayOn(db, actor, app.id, NEEDED.config)
  return {
    app: { id: app.id, name: app.name },
    release,
    slug: release?.slugId ? await getSlug(db, actor, release.slugId) : null,
    config: mayRead
      ? configVarsOf(await readConfigSnapshot({ db, keyring }, app.configSnapshotId))
      : null,
    services: [...new Set(addOns.map(({ plan }) => getPlan(plan).service.name))].sort(),
  }
}
