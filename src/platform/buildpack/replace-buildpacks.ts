import { config } from '#/foundation/config.ts'
import { transaction } from '#/foundation/db.ts'
import { lockApp } from '#/platform/app/app-store.ts'
import type { App } from '#/platform/app/app.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { deleteBuildpacks, insertBuildpacks, listBuildpacks } from './buildpack-store.ts'
import {
  buildpackUrl,
  publicNameOf,
  unknownError,
  type BuildpackInstallation,
} from './buildpack.ts'

/** What the app's next build runs, in this order; none: whichever buildpack detects the app. Makes no release. */
export const replaceBuildpacks = (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  { id }: Pick<App, 'id'>,
  updates: { buildpack?: string }[],
): Promise<BuildpackInstallation[]> =>
  transaction(db, async (tx) => {
    const after = updates.map(({ buildpack }, ordinal) => ({ ordinal, url: urlOf(buildpack) }))
    const app = await lockApp(tx, actor, id)
    const before = await listBuildpacks(tx, actor, app.id)
    await deleteBuildpacks(tx, actor, app.id)
    await insertBuildpacks(tx, actor, app.id, after)
    await insertEvent(tx, actor, {
      resource: 'buildpack-installation',
      action: 'update',
      appId: app.id,
      teamId: app.teamId,
      before: before.map(publicNameOf),
      after: after.map(publicNameOf),
    })
    return after
  })

const urlOf = (buildpack: string | undefined): string => {
  if (buildpack === undefined) throw unknownError(undefined)
  return buildpackUrl(buildpack, { fileUrlsAllowed: config.fileBuildpacks })
}
