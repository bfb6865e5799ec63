import type { Db } from '#/foundation/db.ts'
import { newId } from '#/foundation/ids.ts'
import { systemActor, type Actor } from '#/platform/event/actor.ts'

/** A branch by its ref, and where it goes; zeros are nowhere. */
export type BranchMove = { ref: string; from: string; to: string }

export type BranchMoves = {
  id: string
  appId: string
  buildId: string | null
  /** Who pushes. */
  actor: Actor
  moves: BranchMove[]
  createdAt: Date
}

type NewBranchMoves = Pick<BranchMoves, 'appId' | 'buildId' | 'moves'> & { receiver: string }

const COLUMNS = ['id', 'appId', 'buildId', 'actor', 'moves', 'createdAt'] as const

/** Returns the id by which they are taken once git has moved them. */
export const insertBranchMoves = async (
  db: Db,
  { accountId, name, authorizationId, sessionId, requestId, remoteAddress }: Actor,
  { moves, ...rest }: NewBranchMoves,
): Promise<string> => {
  const actor = { accountId, name, authorizationId, sessionId, requestId, remoteAddress }
  const id = newId()
  await db
    .insertInto('branchMoves')
    .values({ ...rest, id, actor: JSON.stringify(actor), moves: JSON.stringify(moves) })
    .execute()
  return id
}

/** For whoever writes their event. Undefined if somebody else has. */
export const takeBranchMoves = async (
  tx: Db,
  _actor: Actor,
  id: string,
): Promise<BranchMoves | undefined> => {
  const row = await tx
    .deleteFrom('branchMoves')
    .where('id', '=', id)
    .returning(COLUMNS)
    .executeTakeFirst()
  return row && withActor(row)
}

/** Those whose control plane has died, the oldest first. */
export const listLeftBranchMoves = async (db: Db, _actor: Actor): Promise<BranchMoves[]> => {
  const rows = await db
    .selectFrom('branchMoves')
    .select(COLUMNS)
    .where('receiver', 'is', null)
    .orderBy('createdAt')
    .execute()
  return rows.map(withActor)
}

export const findBranchMoves = async (
  db: Db,
  _actor: Actor,
  id: string,
): Promise<BranchMoves | undefined> => {
  const row = await db
    .selectFrom('branchMoves')
    .select(COLUMNS)
    .where('id', '=', id)
    .executeTakeFirst()
  return row && withActor(row)
}

/** Those of the push that a build came with. */
export const findBranchMovesOf = async (
  db: Db,
  _actor: Actor,
  buildId: string,
): Promise<Pick<BranchMoves, 'id'> | undefined> =>
  db.selectFrom('branchMoves').select('id').where('buildId', '=', buildId).executeTakeFirst()

type Row = Omit<BranchMoves, 'actor'> & {
  actor: Pick<Actor, 'accountId' | 'name' | 'authorizationId' | 'sessionId' | 'requestId'> &
    Pick<Actor, 'remoteAddress'>
}

const withActor = ({ actor, ...rest }: Row): BranchMoves => ({
  ...rest,
  actor: { ...systemActor(actor.name), ...actor },
})
