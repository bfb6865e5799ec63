import { findBuild, markBranchMoved } from '#/platform/build/build-store.ts'
import { pointHeadAt } from '#/platform/build/repository.ts'
import { followDeploy } from '#/platform/deploy/follow-deploy.ts'
import type { HookCall } from './hook-socket.ts'
import { noteBranches } from './note-branches.ts'
import type { Push, ReceiverNeeds } from './push.ts'

/** git's post-receive: the branch has moved, so the push is through; what follows is told, whatever becomes of it. */
export const afterPush = async (needs: ReceiverNeeds, push: Push, call: HookCall): Promise<0> => {
  await noteBranches(needs.db, push, call.input)
  const build = push.buildId && (await findBuild(needs.db, push.actor, push.buildId))
  if (!build || build.branch === null || build.releaseId === null) return 0
  await markBranchMoved(needs.db, push.actor, build.id)
  await pointHeadAt(push.repository, build.branch)
  for await (const text of followDeploy(needs, build.releaseId, call.signal)) await call.say(text)
  return 0
}
