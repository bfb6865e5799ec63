import { sql } from 'kysely'
import type { Db } from '#/foundation/db.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { firstQuantity, type Formation } from './formation.ts'

const COLUMNS = ['id', 'appId', 'type', 'quantity', 'size', 'createdAt', 'updatedAt'] as const

export const listFormations = (db: Db, _actor: Actor, appId: string): Promise<Formation[]> =>
  db.selectFrom('formations').select(COLUMNS).where('appId', '=', appId).orderBy('type').execute()

/** Adds a row for each process type, unless it has one by now. */
export const addFormations = async (
  tx: Db,
  _actor: Actor,
  appId: string,
  types: string[],
): Promise<void> => {
  await tx
    .insertInto('formations')
    .values(types.map((type) => ({ appId, type, quantity: firstQuantity(type) })))
    .onConflict((conflict) => conflict.constraint('formations_type_key').doNothing())
    .execute()
}

/** What is wanted of a process type from now on. */
export const upsertFormation = async (
  tx: Db,
  _actor: Actor,
  wanted: Pick<Formation, 'appId' | 'type' | 'quantity' | 'size'>,
): Promise<void> => {
  const { quantity, size } = wanted
  await tx
    .insertInto('formations')
    .values(wanted)
    .onConflict((conflict) =>
      conflict
        .constraint('formations_type_key')
        .doUpdateSet({ quantity, size, updatedAt: sql<Date>`now()` }),
    )
    .execute()
}
