import { existsSync } from 'node:fs'
import { appFiles } from '#/platform/app/app-files.ts'
import { systemActor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import { listUnmovedBuilds, markBranchMoved } from './build-store.ts'
import type { Build } from './build.ts'
import { moveBranch, removeStaleLocks } from './repository.ts'

const MOVER = systemActor('git')

/**
 * Moves the branches of succeeded pushes that no git will move any more, since its client or its control plane has
 * gone. A branch that is no longer where the push found it stays: then git did it, or a later push.
 * What cannot be moved now is tried again by the job that tidies.
 * @param buildId only that build's
 */
export const settleBranches = async (
  { db, paths, log }: Pick<Platform, 'db' | 'paths' | 'log'>,
  buildId?: string,
): Promise<void> => {
  for (const build of await listUnmovedBuilds(db, MOVER, buildId)) {
    try {
      const now = await settledBranch(appFiles(paths, build.appId).repository, build)
      if (now !== build.commit)
        log.warn({ buildId: build.id, now }, 'a branch was moved by somebody else')
      await markBranchMoved(db, MOVER, build.id)
    } catch (error) {
      log.warn({ err: error, buildId: build.id }, 'a branch could not be moved')
    }
  }
}

/** Where the branch is in the end. */
const settledBranch = async (
  repository: string,
  { branch, branchFrom, commit }: Build,
): Promise<string | null> => {
  if (branch === null || branchFrom === null || commit === null || !existsSync(repository))
    return commit
  await removeStaleLocks(repository)
  const now = await moveBranch(repository, branch, { from: branchFrom, to: commit })
  if (now === branchFrom && now !== commit) throw new Error(`git could not move ${branch}.`)
  return now
}
