import type { Db } from '#/foundation/db.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { BuildpackInstallation } from './buildpack.ts'

/** In the order in which they run. */
export const listBuildpacks = (
  db: Db,
  _actor: Actor,
  appId: string,
): Promise<BuildpackInstallation[]> =>
  db
    .selectFrom('buildpackInstallations')
    .select(['ordinal', 'url'])
    .where('appId', '=', appId)
    .orderBy('ordinal')
    .execute()

export const deleteBuildpacks = async (tx: Db, _actor: Actor, appId: string): Promise<void> => {
  await tx.deleteFrom('buildpackInstallations').where('appId', '=', appId).execute()
}

export const insertBuildpacks = async (
  tx: Db,
  _actor: Actor,
  appId: string,
  installations: BuildpackInstallation[],
): Promise<void> => {
  if (installations.length === 0) return
  await tx
    .insertInto('buildpackInstallations')
    .values(installations.map((installation) => ({ ...installation, appId })))
    .execute()
}
