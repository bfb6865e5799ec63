import { ApiError, invalidParams, violates } from '#/foundation/errors.ts'
import { newId } from '#/foundation/ids.ts'
import { waitFor } from '#/foundation/notifications.ts'
import { isAllowed } from '#/platform/account/watch-access.ts'
import { getApp } from '#/platform/app/app-store.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'
import { insertBranchMoves } from '#/platform/build/branch-move-store.ts'
import { findBuild } from '#/platform/build/build-store.ts'
import type { Build } from '#/platform/build/build.ts'
import { createPushedBuild } from '#/platform/build/create-build.ts'
import { followBuild } from '#/platform/build/follow-build.ts'
import { keepPushedCommit } from '#/platform/build/keep-objects.ts'
import { branchRef, dropBuildRef, findCommitSubject, readRef } from '#/platform/build/repository.ts'
import { endPush } from './end-push.ts'
import type { HookCall } from './hook-socket.ts'
import type { Push, ReceiverNeeds } from './push.ts'
import { judgePush, parseRefCommands, type Judgement, type RefCommand } from './ref-commands.ts'
import { waitForTurn } from './wait-for-turn.ts'

type Deployed = Judgement & { kind: 'build' }

/** git's pre-receive: the push waits for its build, and only a failed one declines it. */
export const beforePush = async (
  needs: ReceiverNeeds,
  push: Push,
  call: HookCall,
): Promise<0 | 1> => {
  const isAllowedStill = await isAllowed(needs, push.actor, () =>
    getApp(needs.db, push.actor, push.app.id, NEEDED.code),
  )
  if (!isAllowedStill)
    return refuse(call, `You do not have access to the app ${push.app.name} any more.`)
  const commands = parseRefCommands(call.input)
  const judgement = judgePush(commands)
  switch (judgement.kind) {
    case 'refuse':
      return refuse(call, judgement.message)
    case 'store':
      await call.say('Pushed to non-main branch, skipping build.\n')
      return letMove(needs, push, commands)
    case 'build':
      return (await buildPush(needs, push, judgement, call)) ? letMove(needs, push, commands) : 1
  }
}

const refuse = async (call: HookCall, message: string): Promise<1> => {
  await call.say(`\n !     ${message}\n\n`)
  return 1
}

/** From here on git moves the branches; their event comes after that, even if nobody is left to say that it has. */
const letMove = async (needs: ReceiverNeeds, push: Push, commands: RefCommand[]): Promise<0> => {
  const moves = commands.filter(({ ref }) => ref.startsWith(branchRef('')))
  if (moves.length === 0) return 0
  push.movesId = await insertBranchMoves(needs.db, push.actor, {
    appId: push.app.id,
    buildId: push.buildId ?? null,
    receiver: needs.workerId,
    moves,
  })
  if (push.hasEnded) await endPush(needs, push) // while this was under way: nobody else will say so
  return 0
}

/** Whether it is built. */
const buildPush = async (
  needs: ReceiverNeeds,
  push: Push,
  deployed: Deployed,
  call: HookCall,
): Promise<boolean> => {
  const begun = await beginBuild(needs, push, deployed, call)
  if (typeof begun === 'string') {
    await refuse(call, begun)
    return false
  }
  push.buildId = begun.id
  if (push.hasEnded) await endPush(needs, push) // while this was under way: nobody else will say so
  await call.say('Compressing source files... done.\nBuilding source:\n\n')
  await sayIfQueued(needs, push, begun, call)
  for await (const text of followBuild(needs, begun.id, call.signal)) await call.say(text)
  const ended = await findBuild(needs.db, push.actor, begun.id)
  if (ended?.status !== 'succeeded') return false
  await call.say('\nVerifying deploy... done.\n')
  return true
}

const SOON_MS = 1_000

const sayIfQueued = async (
  { db, notifications }: ReceiverNeeds,
  push: Push,
  { id }: Build,
  { say, signal }: HookCall,
): Promise<void> => {
  const hasBegun = await waitFor({
    notifications,
    channel: 'build_changed',
    payload: id,
    check: async () => ((await findBuild(db, push.actor, id))?.attempts === 0 ? undefined : true),
    limitMs: SOON_MS,
    signal,
  })
  if (!hasBegun) await say('Waiting for other builds to end...\n\n')
}

/** The build, or in words why there is none. Pushes to a branch take turns, and the later finds it moved. */
const beginBuild = async (
  needs: ReceiverNeeds,
  push: Push,
  { branch, from, commit }: Deployed,
  call: HookCall,
): Promise<Build | string> => {
  for (;;) {
    const hindrance = await waitForTurn(needs, push, branch, call)
    if (hindrance !== undefined) return hindrance
    const id = newId()
    const [now] = await Promise.all([
      readRef(push.repository, branchRef(branch)),
      keepPushedCommit(push.repository, call.quarantine, { buildId: id, commit }),
    ])
    try {
      if (now !== from)
        throw invalidParams(
          `${branch} has been moved by another push. Fetch it first, then push again.`,
        )
      const description = await findCommitSubject(push.repository, commit)
      if (description === undefined) throw invalidParams(`${branch} must be a commit.`)
      const code = { id, branch, from, commit, description, receiver: needs.workerId }
      return await createPushedBuild(needs, push.actor, push.app, code)
    } catch (error) {
      await dropBuildRef(push.repository, id)
      if (error instanceof ApiError) return error.message
      if (!violates(error, 'builds_one_push')) throw error // else another was quicker
    }
  }
}
