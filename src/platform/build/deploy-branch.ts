import { existsSync } from 'node:fs'
import { invalidParams } from '#/foundation/errors.ts'
import { newId } from '#/foundation/ids.ts'
import { appFiles } from '#/platform/app/app-files.ts'
import type { App } from '#/platform/app/app.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import type { Build } from './build.ts'
import { createCommitBuild } from './create-build.ts'
import { keepPushedCommit } from './keep-objects.ts'
import { isRefName, shownRef } from './ref-name.ts'
import { branchRef, commitSubject, dropBuildRef, isNoCommit, readRef } from './repository.ts'

/**
 * Builds the commit that a branch of the app's repository leads to now, wherever the branch goes meanwhile. As with a
 * deploy of a forge's branch at Heroku no branch moves: the next push to main is compared with main as it was.
 * @throws 422 if there is no such branch
 */
export const deployBranch = async (
  needs: Pick<Platform, 'db' | 'logs' | 'paths'>,
  actor: Actor,
  app: Pick<App, 'id' | 'name'>,
  branch: string,
): Promise<Build> => {
  const { repository } = appFiles(needs.paths, app.id)
  const ref = branchRef(branch)
  if (!isRefName(ref)) throw invalidParams(`${shownRef(ref)} is no name of a branch.`)
  const commit = existsSync(repository) ? await readRef(repository, ref) : undefined
  if (commit === undefined || isNoCommit(commit))
    throw invalidParams(`${app.name} has no branch ${shownRef(ref)}. Push it first.`)
  const id = newId()
  await keepPushedCommit(repository, '', { buildId: id, commit })
  try {
    const description = await commitSubject(repository, commit)
    return await createCommitBuild(needs, actor, app, {
      id,
      commit,
      description,
      sourceBranch: branch,
    })
  } catch (error) {
    await dropBuildRef(repository, id)
    throw error
  }
}
