import { failpoint } from '#/foundation/failpoint.ts'
import { findBuild } from '#/platform/build/build-store.ts'
import { noteBranchMoves } from '#/platform/build/note-branch-moves.ts'
import { pointHeadAt } from '#/platform/build/repository.ts'
import { followDeploy } from '#/platform/deploy/follow-deploy.ts'
import type { HookCall } from './hook-socket.ts'
import type { Push, ReceiverNeeds } from './push.ts'
import { parseRefCommands } from './ref-commands.ts'

/** git's post-receive: the branch has moved, so the push is through; what follows is told, whatever becomes of it. */
export const afterPush = async (needs: ReceiverNeeds, push: Push, call: HookCall): Promise<0> => {
  failpoint('branches-moved')
  const moved = parseRefCommands(call.input).map(({ ref }) => ref)
  if (push.movesId !== undefined)
    await noteBranchMoves(needs.db, push.movesId, ({ ref }) => moved.includes(ref))
  const build = push.buildId && (await findBuild(needs.db, push.actor, push.buildId))
  if (!build || build.branch === null || build.releaseId === null) return 0
  await pointHeadAt(push.repository, build.branch)
  for await (const text of followDeploy(needs, build.releaseId, call.signal)) await call.say(text)
  return 0
}
