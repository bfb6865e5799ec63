import { transaction } from '#/foundation/db.ts'
import { enqueue } from '#/foundation/jobs.ts'
import { destroyAddOnsOfApp } from '#/platform/add-on/destroy-add-on.ts'
import { lockApp, updateApp } from '#/platform/app/app-store.ts'
import type { App } from '#/platform/app/app.ts'
import { checkFreeze } from '#/platform/change-gate/check-change.ts'
import { cancelQueuedDeploys } from '#/platform/deploy/deploy-store.ts'
import { deleteDomainsOfApp } from '#/platform/domain/domain-store.ts'
import { unwantAllDynos } from '#/platform/dyno/dyno-store.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import { deleteLogDrainsOfApp } from '#/platform/log-drain/log-drain-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { failPendingReleases } from '#/platform/release/release-store.ts'
import { removeAppFilesJob } from './app-setup-jobs.ts'

/** A push or a build that had begun before the end may write its files once more. It has given up by then. */
const AGAIN_MS = 3_600_000

/**
 * Ends an app for good: it runs no more, its names are free, its add-ons and files go. Its rows stay as the record,
 * and so that its name stays with its team. The database sees to its pipeline (`apps_uncouple`) and builds (`apps_end_builds`).
 * Whatever is under way for the app meets its end at the app's lock, which a destroyed app does not give.
 * @throws 403 while the app's stage is frozen
 */
export const destroyApp = (
  { db }: Pick<Platform, 'db'>,
  actor: Actor,
  { id }: Pick<App, 'id'>,
): Promise<void> =>
  transaction(db, async (tx) => {
    const app = await lockApp(tx, actor, id)
    const freezeOverride = await checkFreeze(tx, actor, id)
    await cancelQueuedDeploys(tx, actor, id)
    await failPendingReleases(tx, actor, id, 'The app was destroyed.')
    await unwantAllDynos(tx, actor, id)
    await deleteDomainsOfApp(tx, actor, id)
    await deleteLogDrainsOfApp(tx, actor, id)
    await destroyAddOnsOfApp(tx, actor, id)
    await updateApp(tx, actor, id, { destroyedAt: new Date() })
    await insertEvent(tx, actor, {
      resource: 'app',
      resourceId: id,
      action: 'destroy',
      appId: id,
      teamId: app.teamId,
      before: { name: app.name },
      ...(freezeOverride === null ? {} : { after: { freezeOverride } }),
    })
    await enqueue(tx, removeAppFilesJob, { appId: id })
    await enqueue(tx, removeAppFilesJob, { appId: id }, { runAt: new Date(Date.now() + AGAIN_MS) })
  })
