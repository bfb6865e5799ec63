import { transaction } from '#/foundation/db.ts'
import { invalidParams } from '#/foundation/errors.ts'
import { lockApp } from '#/platform/app/app-store.ts'
import type { App } from '#/platform/app/app.ts'
import { insertConfigSnapshot, readConfigSnapshot } from '#/platform/app/config-snapshot-store.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import { getRelease } from '#/platform/release/release-store.ts'
import type { Release } from '#/platform/release/release.ts'
import { findNewestAddOns } from './newest-add-ons.ts'
import { logRelease, releaseApp } from './release-app.ts'

/**
 * Releases again what an earlier release was: its slug and the config that people had set then. What add-ons give
 * stays as it is today, since an old database URL may lead nowhere.
 * @param ref id, `7` or `v7`
 */
export const rollBack = async (
  platform: Pick<Platform, 'db' | 'keyring' | 'logs'>,
  actor: Actor,
  { app, ref }: { app: App; ref: string },
): Promise<Release> => {
  const release = await transaction(platform.db, async (tx) => {
    const { configSnapshotId } = await lockApp(tx, actor, app.id)
    const target = await getRelease(tx, actor, app.id, ref)
    if (target.slugId === null)
      throw invalidParams(`v${target.version} has no code. Choose a release that was deployed.`)
    if (target.status !== 'succeeded')
      throw invalidParams(`v${target.version} did not succeed. Choose one that did.`)
    const needs = { db: tx, keyring: platform.keyring }
    const { own } = await readConfigSnapshot(needs, target.configSnapshotId)
    const { attached } = await readConfigSnapshot(needs, configSnapshotId)
    return releaseApp(tx, actor, {
      appId: app.id,
      slugId: target.slugId,
      configSnapshotId: await insertConfigSnapshot(needs, app.id, { own, attached }),
      description: `Rollback to v${target.version}`,
      addOns: await findNewestAddOns(tx, actor, app.id),
    })
  })
  logRelease(platform, release)
  return release
}
