import { existsSync } from 'node:fs'
import { transaction, type Db } from '#/foundation/db.ts'
import { appFiles } from '#/platform/app/app-files.ts'
import { systemActor, type Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import {
  findBranchMoves,
  listLeftBranchMoves,
  takeBranchMoves,
  type BranchMove,
  type BranchMoves,
} from './branch-move-store.ts'
import { markBranchMoved } from './build-store.ts'
import { branchRef, DEPLOY_BRANCHES, isNoCommit, readRef } from './repository.ts'

const NOTER = systemActor('git')
/** What a git that outlives its control plane has not moved by then it never will. */
const GIT_LIMIT_MS = 10 * 60_000
/** Of one push; who pushes more has them in the repository. */
const MOST_NAMED = 20

type Needs = Pick<Platform, 'db' | 'paths'>

/**
 * The event of a push whose branches git has moved, written once. What its build waits for is written with it; if that
 * has been before, then with an event of its own (see settle-branch.ts).
 * @param hasMoved which of those that were to be moved
 */
export const noteBranchMoves = (
  db: Db,
  id: string,
  hasMoved: (move: BranchMove) => boolean,
): Promise<void> =>
  transaction(db, async (tx) => {
    const taken = await takeBranchMoves(tx, NOTER, id)
    if (!taken) return
    const moved = taken.moves.filter(hasMoved)
    const isToldAlready =
      taken.buildId !== null &&
      moved.some(isDeployed) &&
      !(await markBranchMoved(tx, NOTER, taken.buildId))
    const untold = isToldAlready ? moved.filter((move) => !isDeployed(move)) : moved
    if (untold.length > 0) await insertMovedEvent(tx, taken.actor, taken.appId, untold)
  })

const isDeployed = ({ ref }: BranchMove): boolean =>
  DEPLOY_BRANCHES.some((branch) => ref === branchRef(branch))

/** Which branches were moved, and where to; a deleted one is nowhere. */
export const insertMovedEvent = async (
  tx: Db,
  actor: Actor,
  appId: string,
  moved: BranchMove[],
): Promise<void> => {
  const named = moved.slice(0, MOST_NAMED)
  const nameOf = (ref: string): string => ref.slice(branchRef('').length)
  const at = (oid: string): string | null => (isNoCommit(oid) ? null : oid)
  await insertEvent(tx, actor, {
    resource: 'branch',
    action: 'update',
    appId,
    before: Object.fromEntries(named.map(({ ref, from }) => [nameOf(ref), at(from)])),
    after: Object.fromEntries(named.map(({ ref, to }) => [nameOf(ref), at(to)])),
  })
}

/** Of a push whose git has ended without saying what it has moved. */
export const settleBranchMoves = async (needs: Needs, id: string): Promise<void> => {
  const found = await findBranchMoves(needs.db, NOTER, id)
  if (found) await noteBranchMoves(needs.db, id, isAmong(await listMoved(needs, found)))
}

/** Of the pushes of control planes that have died. What their git is still about to move is left for the next time. */
export const settleLeftBranchMoves = async (needs: Needs): Promise<void> => {
  for (const left of await listLeftBranchMoves(needs.db, NOTER)) {
    const moved = await listMoved(needs, left)
    const isOver = Date.now() - left.createdAt.getTime() > GIT_LIMIT_MS
    if (isOver || moved.length === left.moves.length)
      await noteBranchMoves(needs.db, left.id, isAmong(moved))
  }
}

const isAmong =
  (moved: BranchMove[]) =>
  ({ ref }: BranchMove): boolean =>
    moved.some((one) => one.ref === ref)

/** As the repository has it. */
const listMoved = async (
  { paths }: Pick<Needs, 'paths'>,
  { appId, moves }: BranchMoves,
): Promise<BranchMove[]> => {
  const { repository } = appFiles(paths, appId)
  if (!existsSync(repository)) return []
  const now = await Promise.all(moves.map(({ ref }) => readRef(repository, ref)))
  return moves.filter(({ to }, index) => isSame(now[index] ?? '', to))
}

const isSame = (one: string, other: string): boolean =>
  one === other || (isNoCommit(one) && isNoCommit(other))
