import { transaction, type Db } from '#/foundation/db.ts'
import { invalidParams } from '#/foundation/errors.ts'
import { lockApp } from '#/platform/app/app-store.ts'
import type { App } from '#/platform/app/app.ts'
import { insertConfigSnapshot, readConfigSnapshot } from '#/platform/app/config-snapshot-store.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import { findReleaseToFollow, getRelease } from '#/platform/release/release-store.ts'
import type { Release } from '#/platform/release/release.ts'
import { findNewestAddOns } from './newest-add-ons.ts'
import { logRelease, releaseApp, type MadeRelease } from './release-app.ts'

/** What goes back; the other stays as it is today. Undefined: both. */
export type RollbackKind = 'code' | 'config' | undefined

type RollbackInput = {
  app: Pick<App, 'id'>
  /** Id, `7` or `v7`. */
  ref: string
  only?: RollbackKind
}

/**
 * Releases again what an earlier release was: its slug and the config that people had set then, or one of them. What
 * add-ons give stays as it is today, since an old database URL may lead nowhere.
 */
export const rollBack = async (
  { db, keyring, logs }: Pick<Platform, 'db' | 'keyring' | 'logs'>,
  actor: Actor,
  input: RollbackInput,
): Promise<Release> => {
  const release = await transaction(db, (tx) => rollBackIn({ db: tx, keyring }, actor, input))
  logRelease({ logs }, release)
  return release
}

/** In the caller's transaction. `repair`: the platform does it, which no rule of a stage keeps from it. */
export const rollBackIn = async (
  needs: { db: Db } & Pick<Platform, 'keyring'>,
  actor: Actor,
  { app, ref, only, cause = 'rollback' }: RollbackInput & { cause?: 'rollback' | 'repair' },
): Promise<MadeRelease> => {
  const { configSnapshotId } = await lockApp(needs.db, actor, app.id)
  const target = await getRelease(needs.db, actor, app.id, ref)
  checkTarget(target, only)
  const slugId =
    only === 'config'
      ? ((await findReleaseToFollow(needs.db, actor, app.id))?.slugId ?? null)
      : target.slugId
  return releaseApp(needs.db, actor, {
    appId: app.id,
    slugId,
    configSnapshotId:
      only === 'code' && configSnapshotId !== null
        ? configSnapshotId
        : await restoreConfig(needs, app.id, {
            before: target.configSnapshotId,
            now: configSnapshotId,
          }),
    description: `Rollback ${only === undefined ? '' : `${only} `}to v${target.version}`,
    addOns: await findNewestAddOns(needs.db, actor, app.id),
    cause,
  })
}

export const checkTarget = (
  target: Pick<Release, 'version' | 'slugId' | 'status'>,
  only: RollbackKind,
): void => {
  if (target.slugId === null && only !== 'config')
    throw invalidParams(`v${target.version} has no code. Choose a release that was deployed.`)
  if (target.status !== 'succeeded')
    throw invalidParams(`v${target.version} did not succeed. Choose one that did.`)
}

const restoreConfig = async (
  needs: { db: Db } & Pick<Platform, 'keyring'>,
  appId: string,
  { before, now }: { before: string; now: string | null },
): Promise<string> => {
  const { own } = await readConfigSnapshot(needs, before)
  const { attached } = await readConfigSnapshot(needs, now)
  return insertConfigSnapshot(needs, appId, { own, attached })
}
