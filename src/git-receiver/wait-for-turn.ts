import { waitFor } from '#/foundation/notifications.ts'
import { findBuild, findPushUnderWay } from '#/platform/build/build-store.ts'
import type { Build } from '#/platform/build/build.ts'
import { settleBranches } from '#/platform/build/settle-branch.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { HookCall } from './hook-socket.ts'
import type { Push, ReceiverNeeds } from './push.ts'

/** Resolves once no push to the branch is under way; or in words why that will not be. */
export const waitForTurn = async (
  needs: ReceiverNeeds,
  { actor, app }: Push,
  branch: string,
  { say, signal }: HookCall,
): Promise<string | undefined> => {
  const findFirst = (): Promise<Build | undefined> =>
    findPushUnderWay(needs.db, actor, app.id, branch)
  let first = await findFirst()
  if (first) await say('Waiting for the push before this one to end...\n')
  for (; first; first = await findFirst()) {
    if (first.status === 'pending' || first.receiver !== null)
      await waitForChange(needs, actor, first, signal)
    else if (!(await isSettled(needs, actor, first)))
      return `The push before this one succeeded, but ${branch} could not be moved. It has been written down here.`
  }
  return undefined
}

const isSettled = async (needs: ReceiverNeeds, actor: Actor, { id }: Build): Promise<boolean> => {
  await settleBranches(needs, id)
  return (await findBuild(needs.db, actor, id))?.branchMovedAt !== null
}

const waitForChange = async (
  { db, notifications }: ReceiverNeeds,
  actor: Actor,
  build: Build,
  signal: AbortSignal,
): Promise<void> => {
  await waitFor({
    notifications,
    channel: 'build_changed',
    payload: build.id,
    check: async () => {
      const now = await findBuild(db, actor, build.id)
      return now?.status === build.status && now.receiver === build.receiver ? undefined : true
    },
    limitMs: Infinity,
    signal,
  })
}
