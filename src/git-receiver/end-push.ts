import { setTimeout as pause } from 'node:timers/promises'
import { releaseReceiver } from '#/platform/build/build-store.ts'
import { settleBranchMoves } from '#/platform/build/note-branch-moves.ts'
import { settleBranches } from '#/platform/build/settle-branch.ts'
import type { Push, ReceiverNeeds } from './push.ts'

const TRY_AGAIN_MS = 1_000

/**
 * git has ended, whatever became of it: a branch that it has not moved is the platform's to move. Until this is written
 * down the next push waits, so it is tried until it is; a process that is killed before is known by its row of workers.
 */
export const endPush = async (needs: ReceiverNeeds, push: Push): Promise<void> => {
  push.hasEnded = true
  const { buildId, movesId } = push
  while (!needs.stopped.aborted)
    try {
      if (movesId !== undefined) await settleBranchMoves(needs, movesId)
      if (buildId === undefined) return
      await releaseReceiver(needs.db, push.actor, buildId)
      return await settleBranches(needs, buildId)
    } catch (error) {
      needs.log.warn({ err: error, buildId }, 'the end of a push could not be written down')
      await pause(TRY_AGAIN_MS, undefined, { signal: needs.stopped }).catch(() => {})
    }
}
