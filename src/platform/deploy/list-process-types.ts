import type { Db } from '#/foundation/db.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { listFormations } from '#/platform/formation/formation-store.ts'
import { processTypesOf, type ProcessType } from '#/platform/formation/formation.ts'
import { findReleaseWithCode } from '#/platform/release/release-store.ts'
import { getSlug } from '#/platform/slug/slug-store.ts'

/** Of the code that the app runs or is about to run, `release` among them; none while it has no code. */
export const listProcessTypes = async (
  db: Db,
  actor: Actor,
  appId: string,
): Promise<ProcessType[]> => {
  const release = await findReleaseWithCode(db, actor, appId)
  if (!release?.slugId) return []
  const { processTypes, createdAt } = await getSlug(db, actor, release.slugId)
  const formations = await listFormations(db, actor, appId)
  return processTypesOf({ appId, commands: processTypes, createdAt }, formations)
}
