import { transaction } from '#/foundation/db.ts'
import { invalidParams } from '#/foundation/errors.ts'
import { newId } from '#/foundation/ids.ts'
import { enqueue } from '#/foundation/jobs.ts'
import { lockApp } from '#/platform/app/app-store.ts'
import type { App } from '#/platform/app/app.ts'
import { checkChange } from '#/platform/change-gate/check-change.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { findSource } from '#/platform/source/source-store.ts'
import { sourceIdOf } from '#/platform/source/source-url.ts'
import { buildQueue, runBuildJob } from './build-jobs.ts'
import { countPendingBuilds, insertBuild, type NewBuild } from './build-store.ts'
import { shortVersionOf, type Build } from './build.ts'

/** A commit that is kept under refs/builds/<id> already. */
export type PushedCode = {
  id: string
  branch: string
  from: string
  commit: string
  description: string
  /** The control plane whose git moves the branch once the build has succeeded. */
  receiver: string
}

export type TarballCode = {
  url: string
  version: string | null
  description: string | null
  /** SHA-256 in hex. */
  checksum: string | null
  buildpacks: { url: string }[] | null
}

type Needs = Pick<Platform, 'db' | 'logs'>

/** @throws what `insertBuild` does while an earlier push to the branch is under way */
export const createPushedBuild = (
  needs: Needs,
  actor: Actor,
  app: Pick<App, 'id'>,
  { id, branch, from, commit, description, receiver }: PushedCode,
): Promise<Build> =>
  queueBuild(needs, actor, app, {
    id,
    branch,
    branchFrom: from,
    commit,
    commitDescription: description,
    receiver,
    buildpacks: null,
  })

/** A commit that is kept under refs/builds/<id> already, and that moves no branch. */
export type ChosenCode = {
  id: string
  commit: string
  description: string | null
  /** Whose head it was when it was chosen. */
  sourceBranch?: string
}

export const createCommitBuild = (
  needs: Needs,
  actor: Actor,
  app: Pick<App, 'id'>,
  { description, ...code }: ChosenCode,
): Promise<Build> =>
  queueBuild(needs, actor, app, { ...code, commitDescription: description, buildpacks: null })

/** @throws 422 if there is nothing at its source yet, or something else than its checksum says */
export const createTarballBuild = async (
  needs: Needs & Pick<Platform, 'keyring'>,
  actor: Actor,
  app: Pick<App, 'id'>,
  { url, version, description, checksum, buildpacks }: TarballCode,
): Promise<Build> => {
  await assertSource(needs, actor, { url, checksum })
  return queueBuild(needs, actor, app, {
    id: newId(),
    sourceUrl: url,
    sourceVersion: version,
    sourceChecksum: checksum,
    commitDescription: description,
    buildpacks,
  })
}

/** An uploaded source can be judged at once; what is elsewhere, once it has been fetched. */
const assertSource = async (
  needs: Needs & Pick<Platform, 'keyring'>,
  actor: Actor,
  { url, checksum }: Pick<TarballCode, 'url' | 'checksum'>,
): Promise<void> => {
  const id = sourceIdOf(needs, url)
  if (id === undefined) return assertSourceUrl(url)
  const source = await findSource(needs.db, actor, id)
  if (!source || source.sha256 === null)
    throw invalidParams('Nothing has been uploaded to that source. PUT a .tgz to its put_url.')
  if (checksum !== null && checksum !== source.sha256)
    throw invalidParams(`The checksum is not that of what was uploaded, SHA256:${source.sha256}.`)
}

const assertSourceUrl = (url: string): void => {
  const parsed = URL.parse(url)
  if (parsed?.protocol !== 'https:' || parsed.hostname === '')
    throw invalidParams('The source must be at an https URL, or at the get_url of a source.')
}

const MOST_WAITING = 50

/** The build, its job and its event exist together or not at all. */
const queueBuild = async (
  { db, logs }: Needs,
  actor: Actor,
  { id: appId }: Pick<App, 'id'>,
  input: Omit<NewBuild, 'appId' | 'stack'>,
): Promise<Build> => {
  const build = await transaction(db, async (tx) => {
    const app = await lockApp(tx, actor, appId)
    await checkChange(tx, actor, { appId, cause: 'push', slugId: null })
    if ((await countPendingBuilds(tx, actor, appId)) >= MOST_WAITING)
      throw invalidParams(
        `${MOST_WAITING} builds of this app are waiting already. Try again later.`,
      )
    const inserted = await insertBuild(tx, actor, { ...input, appId, stack: app.buildStack })
    await insertEvent(tx, actor, {
      resource: 'build',
      resourceId: inserted.id,
      action: 'create',
      appId,
      teamId: app.teamId,
      after: {
        version: shortVersionOf(inserted),
        branch: inserted.branch ?? inserted.sourceBranch,
      },
    })
    await enqueue(tx, runBuildJob, { buildId: inserted.id }, { queue: buildQueue(appId) })
    return inserted
  })
  logs.append(appId, {
    at: Date.now(),
    source: 'app',
    dyno: 'api',
    text: `Build started by user ${actor.name}`,
  })
  return build
}
