import { ArtifactMissingError } from '#/artifact-store/artifact-store.ts'
import { transaction, type Db } from '#/foundation/db.ts'
import { lockApp, updateApp } from '#/platform/app/app-store.ts'
import type { App } from '#/platform/app/app.ts'
import { insertConfigSnapshot, readConfigSnapshot } from '#/platform/app/config-snapshot-store.ts'
import { findNewestAddOns } from '#/platform/deploy/newest-add-ons.ts'
import { logRelease, releaseApp } from '#/platform/deploy/release-app.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { findReleaseToFollow } from '#/platform/release/release-store.ts'
import type { Release } from '#/platform/release/release.ts'
import { insertSlug } from '#/platform/slug/slug-store.ts'
import type { Slug } from '#/platform/slug/slug.ts'
import { finishBuild } from './build-store.ts'
import { builderOf, shortVersionOf, versionOf, type Build } from './build.ts'
import type { JudgedSlug } from './judge-slug.ts'
import { BUILDER } from './build-runner.ts'

type Needs = Pick<Platform, 'db' | 'keyring' | 'logs' | 'store'>

/**
 * Ends a build with its slug and the release of it: all in one transaction, with today's config. Releases are made in
 * the order in which builds end. @throws BuildTakenAway, or 404 if the app has been destroyed
 */
export const releaseBuild = async (
  { db, keyring, logs, store }: Needs,
  build: Build,
  built: JudgedSlug,
): Promise<Release> => {
  const actor = builderOf(build)
  const version = shortVersionOf(build) ?? built.digest.slice('sha256:'.length).slice(0, 8)
  const release = await transaction(db, async (tx) => {
    const app = await lockApp(tx, actor, build.appId)
    const slug = await insertSlugOf(tx, build, built)
    if (!(await store.has(slug.digest))) throw new ArtifactMissingError(slug.digest) // swept just now: build again
    const made = await releaseApp(tx, actor, {
      appId: app.id,
      slugId: slug.id,
      configSnapshotId: await chooseConfig({ db: tx, keyring }, app, built),
      description: `Deploy ${version}`,
      addOns: await findNewestAddOns(tx, actor, app.id),
      cause: 'push',
    })
    if (app.stack !== slug.stack) await updateApp(tx, actor, app.id, { stack: slug.stack })
    await finishBuild(tx, actor, build, {
      status: 'succeeded',
      slugId: slug.id,
      releaseId: made.id,
    })
    await insertEvent(tx, actor, {
      resource: 'build',
      resourceId: build.id,
      action: 'update',
      appId: app.id,
      teamId: app.teamId,
      before: { status: build.status },
      after: { status: 'succeeded', slug: slug.id, release: made.version },
    })
    return made
  })
  for (const text of ['Build succeeded', `Deploy ${version} by user ${actor.name}`])
    logs.append(build.appId, { at: Date.now(), source: 'app', dyno: 'api', text })
  logRelease({ logs }, release)
  return release
}

const insertSlugOf = (tx: Db, build: Build, built: JudgedSlug): Promise<Slug> =>
  insertSlug(tx, builderOf(build), {
    appId: build.appId,
    digest: built.digest,
    processTypes: built.processTypes,
    stack: built.stack,
    commit: versionOf(build),
    commitDescription: build.commitDescription,
    buildpacks: built.buildpacks,
    buildpackProvidedDescription: built.buildpackProvidedDescription,
    size: built.sizeBytes,
    pathRules: built.pathRules ?? null,
    healthPath: built.healthPath ?? null,
    bakedIn: built.bakedIn ?? null,
  })

/** An app's first code brings what its buildpack wants it to have; what people have set themselves stays. */
const chooseConfig = async (
  needs: { db: Db; keyring: Platform['keyring'] },
  { id, configSnapshotId }: App,
  { releaseConfigVars }: JudgedSlug,
): Promise<string> => {
  const followed = await findReleaseToFollow(needs.db, BUILDER, id)
  const isFirst = followed?.slugId == null
  if (configSnapshotId !== null && !(isFirst && Object.keys(releaseConfigVars).length > 0))
    return configSnapshotId
  const { own, attached } = await readConfigSnapshot(needs, configSnapshotId)
  return insertConfigSnapshot(needs, id, { own: { ...releaseConfigVars, ...own }, attached })
}
