import type { Db } from '#/foundation/db.ts'
import { lockApp } from '#/platform/app/app-store.ts'
import {
  insertConfigSnapshot,
  readConfigSnapshot,
  type ConfigSnapshot,
} from '#/platform/app/config-snapshot-store.ts'
import { releaseApp } from '#/platform/deploy/release-app.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import { findReleaseToFollow } from '#/platform/release/release-store.ts'
import type { Release } from '#/platform/release/release.ts'
import { listReleaseAddOns } from './attachment-store.ts'

type Attached = ConfigSnapshot['attached']

/** Releases the app's code with what its attachments give it from now on. Their rows have been changed before. */
export const releaseAttachments = async (
  needs: { db: Db } & Pick<Platform, 'keyring'>,
  actor: Actor,
  input: {
    appId: string
    change: (attached: Attached) => Attached
    description: string
    /** `repair`: it was asked for before, or follows from what was. */
    cause: 'add-on' | 'repair'
  },
): Promise<Release> => {
  const app = await lockApp(needs.db, actor, input.appId)
  const { own, attached } = await readConfigSnapshot(needs, app.configSnapshotId)
  const snapshot = { own, attached: input.change(attached) }
  const before = await findReleaseToFollow(needs.db, actor, app.id)
  return releaseApp(needs.db, actor, {
    appId: app.id,
    slugId: before?.slugId ?? null,
    configSnapshotId: await insertConfigSnapshot(needs, app.id, snapshot),
    description: input.description,
    addOns: await listReleaseAddOns(needs.db, app.id),
    cause: input.cause,
  })
}

export const without = (attached: Attached, name: string): Attached =>
  Object.fromEntries(Object.entries(attached).filter(([attachment]) => attachment !== name))

export const attachDescription = (name: string, addOn: string): string =>
  `Attach ${name} (@ref:${addOn})`
export const detachDescription = (name: string, addOn: string): string =>
  `Detach ${name} (@ref:${addOn})`
