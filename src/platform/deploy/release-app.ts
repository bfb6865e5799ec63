import { config } from '#/foundation/config.ts'
import { transaction, type Db } from '#/foundation/db.ts'
import { invalidParams, violates } from '#/foundation/errors.ts'
import { enqueue } from '#/foundation/jobs.ts'
import { lockApp, updateApp } from '#/platform/app/app-store.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import { addMissingFormations, listFormations } from '#/platform/formation/formation-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { insertRelease } from '#/platform/release/release-store.ts'
import { RELEASE_PHASE, type Release } from '#/platform/release/release.ts'
import { getSlug } from '#/platform/slug/slug-store.ts'
import { shortCommit } from '#/platform/slug/slug.ts'
import { deployQueue, runDeploysJob } from './deploy-jobs.ts'
import { insertDeploy } from './deploy-store.ts'

export type ReleaseInput = {
  appId: string
  /** null: no code yet */
  slugId: string | null
  configSnapshotId: string
  description: string
  addOns: Release['addOns']
}

/**
 * Makes the app's next release and queues the deploy that makes it run, all in the caller's transaction.
 * The one way to a release: builds, config changes, promotions, rollbacks and add-ons come through here.
 */
export const releaseApp = (db: Db, actor: Actor, input: ReleaseInput): Promise<Release> =>
  transaction(db, async (tx) => {
    const app = await lockApp(tx, actor, input.appId)
    if (input.slugId) await addFormationsOf(tx, actor, app.id, input.slugId)
    if (app.configSnapshotId !== input.configSnapshotId)
      await updateApp(tx, actor, app.id, { configSnapshotId: input.configSnapshotId })
    const formation = Object.fromEntries(
      (await listFormations(tx, actor, app.id)).map(({ type, quantity, size }) => [
        type,
        { quantity, size },
      ]),
    )
    const release = await insertRelease(tx, actor, { ...input, formation }).catch(
      (error: unknown) => {
        throw violates(error, 'releases_slug_kept') ? slugGone('of this release') : error
      },
    )
    await insertDeploy(tx, actor, { appId: app.id, kind: 'release', releaseId: release.id })
    await enqueue(tx, runDeploysJob, { appId: app.id }, { queue: deployQueue(app.id) })
    await insertEvent(tx, actor, {
      resource: 'release',
      resourceId: release.id,
      action: 'create',
      appId: app.id,
      teamId: app.teamId,
      after: { version: release.version, description: release.description, slug: release.slugId },
    })
    return release
  })

const addFormationsOf = async (
  tx: Db,
  actor: Actor,
  appId: string,
  slugId: string,
): Promise<void> => {
  const slug = await getSlug(tx, actor, slugId)
  if (slug.removedAt) throw slugGone(shortCommit(slug))
  await addMissingFormations(
    tx,
    actor,
    appId,
    Object.keys(slug.processTypes).filter((type) => type !== RELEASE_PHASE),
  )
}

/** Also what the database says if the slug is being given up at this moment. */
const slugGone = (which: string) =>
  invalidParams(
    `The slug ${which} is no longer kept: of each app these are the ${config.slugsKept} that it released last. Push its code again.`,
  )

/** The line that Heroku writes to the app's log for each release. */
export const logRelease = ({ logs }: Pick<Platform, 'logs'>, release: Release): void =>
  logs.append(release.appId, {
    at: Date.now(),
    source: 'app',
    dyno: 'api',
    text: `Release v${release.version} created by user ${release.createdByName}`,
  })
