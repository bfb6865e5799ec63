import { transaction } from '#/foundation/db.ts'
import { invalidParams } from '#/foundation/errors.ts'
import { lockApp, updateApp } from '#/platform/app/app-store.ts'
import type { App } from '#/platform/app/app.ts'
import { EMPTY_CONFIG, insertConfigSnapshot } from '#/platform/app/config-snapshot-store.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import type { Release } from '#/platform/release/release.ts'
import { getSlugOfApp } from '#/platform/slug/slug-store.ts'
import { findSlugUpload } from '#/platform/slug/slug-upload-store.ts'
import { shortCommit } from '#/platform/slug/slug.ts'
import { findNewestAddOns } from './newest-add-ons.ts'
import { logRelease, releaseApp } from './release-app.ts'

/** Releases a slug that the app has already (`releases:retry`, or a client's own), with today's config. */
export const releaseSlug = async (
  platform: Pick<Platform, 'db' | 'keyring' | 'logs'>,
  actor: Actor,
  { app, slugId, description }: { app: App; slugId: string; description: string | undefined },
): Promise<Release> => {
  const release = await transaction(platform.db, async (tx) => {
    const { configSnapshotId, stack } = await lockApp(tx, actor, app.id)
    const upload = await findSlugUpload(tx, actor, slugId)
    if (upload?.appId === app.id)
      throw invalidParams('The files of this slug have not come. Put them to the URL of its blob.')
    const slug = await getSlugOfApp(tx, actor, app.id, slugId)
    if (stack !== slug.stack) await updateApp(tx, actor, app.id, { stack: slug.stack })
    const needs = { db: tx, keyring: platform.keyring }
    return releaseApp(tx, actor, {
      appId: app.id,
      slugId: slug.id,
      configSnapshotId:
        configSnapshotId ?? (await insertConfigSnapshot(needs, app.id, EMPTY_CONFIG)),
      description: description ?? `Deploy ${shortCommit(slug) || slug.digest.slice(7, 15)}`,
      addOns: await findNewestAddOns(tx, actor, app.id),
      cause: 'slug',
    })
  })
  logRelease(platform, release)
  return release
}
