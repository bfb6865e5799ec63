import { existsSync } from 'node:fs'
import { transaction } from '#/foundation/db.ts'
import { appFiles } from '#/platform/app/app-files.ts'
import { systemActor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import { findBranchMovesOf } from './branch-move-store.ts'
import { listUnmovedBuilds, markBranchMoved } from './build-store.ts'
import type { Build } from './build.ts'
import { insertMovedEvent, settleBranchMoves } from './note-branch-moves.ts'
import { branchRef, moveBranch, removeStaleLocks } from './repository.ts'

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
      await noteMoved({ db, paths }, build)
    } catch (error) {
      log.warn({ err: error, buildId: build.id }, 'a branch could not be moved')
    }
  }
}

/** With the event of the push, which is there to be written if git had got as far as to move its branches. */
const noteMoved = async (needs: Pick<Platform, 'db' | 'paths'>, build: Build): Promise<void> => {
  const left = await findBranchMovesOf(needs.db, MOVER, build.id)
  if (left) await settleBranchMoves(needs, left.id)
  await transaction(needs.db, async (tx) => {
    if (!(await markBranchMoved(tx, MOVER, build.id))) return
    const { appId, branch, branchFrom: from, commit: to } = build
    if (branch === null || from === null || to === null) return
    const pusher = { ...MOVER, accountId: build.createdBy, name: build.createdByName }
    await insertMovedEvent(tx, pusher, appId, [{ ref: branchRef(branch), from, to }])
  })
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
