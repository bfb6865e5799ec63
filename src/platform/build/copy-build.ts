import { existsSync } from 'node:fs'
import { invalidParams } from '#/foundation/errors.ts'
import { newId } from '#/foundation/ids.ts'
import { appFiles } from '#/platform/app/app-files.ts'
import { getApp } from '#/platform/app/app-store.ts'
import type { App } from '#/platform/app/app.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import { findCurrentRelease } from '#/platform/release/release-store.ts'
import { getSlug } from '#/platform/slug/slug-store.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'
import type { Build } from './build.ts'
import { createCommitBuild } from './create-build.ts'
import { gitOrThrow } from './git.ts'
import { buildRef, dropBuildRef, ensureRepository, isCommit, isOid } from './repository.ts'

type Needs = Pick<Platform, 'db' | 'logs' | 'paths'>

/**
 * Builds the commit that another app runs for this one: with this one's config, buildpacks and stack. The way out where
 * the slug of the other has its config built in. Takes what it takes to fetch the other's code.
 */
export const copyBuild = async (
  needs: Needs,
  actor: Actor,
  app: App,
  fromRef: string,
): Promise<Build> => {
  const { db, paths } = needs
  const from = await getApp(db, actor, fromRef, NEEDED.code)
  const { commit, description, origin } = await commitOf(needs, actor, from)
  const repository = await ensureRepository(paths, app.id)
  const id = newId()
  await fetchCommit(repository, origin, { commit, ref: buildRef(id) })
  try {
    return await createCommitBuild(needs, actor, app, { id, commit, description })
  } catch (error) {
    await dropBuildRef(repository, id)
    throw error
  }
}

const commitOf = async (
  { db, paths }: Needs,
  actor: Actor,
  from: App,
): Promise<{ commit: string; description: string | null; origin: string }> => {
  const release = await findCurrentRelease(db, actor, from.id)
  if (!release?.slugId) throw invalidParams(`${from.name} has no code to build. Push to it first.`)
  const slug = await getSlug(db, actor, release.slugId)
  // A promoted slug's commit is where it was pushed.
  const origin = appFiles(paths, slug.appId).repository
  const { commit } = slug
  if (!commit || !isOid(commit) || !existsSync(origin) || !(await isCommit(origin, commit)))
    throw invalidParams(
      `What ${from.name} runs was not built from a commit that the platform has. Push the code to the app itself.`,
    )
  return { commit, description: slug.commitDescription, origin }
}

/** Commits of builds are hidden from others who fetch. */
const UPLOAD_PACK =
  'git -c safe.directory=* -c transfer.hideRefs= -c uploadpack.allowAnySHA1InWant=true upload-pack'

const fetchCommit = async (
  repository: string,
  origin: string,
  { commit, ref }: { commit: string; ref: string },
): Promise<void> => {
  await gitOrThrow(
    repository,
    ...['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--no-auto-maintenance'],
    ...[`--upload-pack=${UPLOAD_PACK}`, origin, `${commit}:${ref}`],
  )
}
