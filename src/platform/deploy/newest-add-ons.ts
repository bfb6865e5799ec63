import type { Db } from '#/foundation/db.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { findNewestRelease } from '#/platform/release/release-store.ts'
import type { Release } from '#/platform/release/release.ts'

/** The attachments as of the app's newest release: what a release that does not change them records. */
export const findNewestAddOns = async (
  db: Db,
  actor: Actor,
  appId: string,
): Promise<Release['addOns']> => (await findNewestRelease(db, actor, appId))?.addOns ?? []
