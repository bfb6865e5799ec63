import { config } from '#/foundation/config.ts'
import { transaction, type Db } from '#/foundation/db.ts'
import { invalidParams, violates } from '#/foundation/errors.ts'
import { enqueue } from '#/foundation/jobs.ts'
import { lockApp, updateApp } from '#/platform/app/app-store.ts'
import { checkChange, type Permit } from '#/platform/change-gate/check-change.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import { addFormations, listFormations } from '#/platform/formation/formation-store.ts'
import type { Formation } from '#/platform/formation/formation.ts'
import type { Platform } from '#/platform/platform.ts'
import { insertRelease } from '#/platform/release/release-store.ts'
import { RELEASE_PHASE, type Cause, type Release } from '#/platform/release/release.ts'
import { getSlug } from '#/platform/slug/slug-store.ts'
import { shortCommit, type Slug } from '#/platform/slug/slug.ts'
import { deployQueue, runDeploysJob } from './deploy-jobs.ts'
import { queueRelease } from './queue-release.ts'

export type ReleaseInput = {
  appId: string
  /** null: no code yet */
  slugId: string | null
  /** That slug, of whoever has read it in this transaction already. */
  slug?: Slug
  configSnapshotId: string
  description: string
  addOns: Release['addOns']
  cause: Cause
}

export type MadeRelease = Release & { permit: Permit }

/**
 * Makes the app's next release and queues the deploy that makes it run, all in the caller's transaction.
 * The one way to a release: builds, config changes, promotions, rollbacks and add-ons come through here, and so through
 * the gate of the app's stage. @throws 403 if that keeps it shut
 */
export const releaseApp = (
  db: Db,
  actor: Actor,
  { slug: read, ...input }: ReleaseInput,
): Promise<MadeRelease> =>
  transaction(db, async (tx) => {
    const app = await lockApp(tx, actor, input.appId)
    const permit = await checkChange(tx, actor, input)
    const slug = input.slugId ? kept(read ?? (await getSlug(tx, actor, input.slugId))) : null
    if (app.configSnapshotId !== input.configSnapshotId)
      await updateApp(tx, actor, app.id, { configSnapshotId: input.configSnapshotId })
    const formations = await formationsWith(tx, actor, app.id, slug ? dynoTypesOf(slug) : [])
    const formation = Object.fromEntries(
      formations.map(({ type, quantity, size }) => [type, { quantity, size }]),
    )
    const release = await insertRelease(tx, actor, { ...input, formation }).catch(
      (error: unknown) => {
        throw slug && violates(error, 'releases_slug_kept') ? slugGone(slug) : error
      },
    )
    await queueRelease(tx, actor, { release, slug, formations })
    await enqueue(tx, runDeploysJob, { appId: app.id }, { queue: deployQueue(app.id) })
    await insertEvent(tx, actor, {
      resource: 'release',
      resourceId: release.id,
      action: 'create',
      appId: app.id,
      teamId: app.teamId,
      after: {
        version: release.version,
        description: release.description,
        slug: release.slugId,
        ...(permit.freezeOverride === null ? {} : { freezeOverride: permit.freezeOverride }),
      },
    })
    return { ...release, permit }
  })

/** The app's formations, of which there is one for each of the types from now on. */
const formationsWith = async (
  tx: Db,
  actor: Actor,
  appId: string,
  types: string[],
): Promise<Formation[]> => {
  const formations = await listFormations(tx, actor, appId)
  const missing = types.filter((type) => !formations.some((formation) => formation.type === type))
  if (missing.length === 0) return formations
  await addFormations(tx, actor, appId, missing)
  return listFormations(tx, actor, appId)
}

/** @throws 422 if it has been given up */
const kept = (slug: Slug): Slug => {
  if (slug.removedAt) throw slugGone(slug)
  return slug
}

/** Also what the database says if the slug is being given up at this moment. */
const slugGone = (slug: Slug) =>
  invalidParams(
    `The slug ${shortCommit(slug)} is no longer kept: of each app these are the ${config.slugsKept} that it released last. Push its code again.`,
  )

const dynoTypesOf = (slug: Slug): string[] =>
  Object.keys(slug.processTypes).filter((type) => type !== RELEASE_PHASE)

/** The line that Heroku writes to the app's log for each release. */
export const logRelease = ({ logs }: Pick<Platform, 'logs'>, release: Release): void =>
  logs.append(release.appId, {
    at: Date.now(),
    source: 'app',
    dyno: 'api',
    text: `Release v${release.version} created by user ${release.createdByName}`,
  })
