import { sql } from 'kysely'
import type { Db } from '#/foundation/db.ts'
import { notFound } from '#/foundation/errors.ts'
import { isId } from '#/foundation/ids.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { STAGE_KINDS, type Stage, type StageKind } from './pipeline.ts'

const stagesOf = (db: Db, pipelineId: string) =>
  db
    .selectFrom('pipelineStages')
    .select(['id', 'pipelineId', 'name', 'kind', 'position', 'createdAt', 'updatedAt'])
    .where('pipelineId', '=', pipelineId)

/** In their order. */
export const listStages = (db: Db, pipelineId: string): Promise<Stage[]> =>
  stagesOf(db, pipelineId).orderBy('position').execute()

/** @param ref id or name */
export const getStage = async (db: Db, pipelineId: string, ref: string): Promise<Stage> => {
  const found = await stagesOf(db, pipelineId)
    .where(isId(ref) ? 'id' : 'name', '=', ref)
    .executeTakeFirst()
  if (!found) throw notFound('pipeline_stage', `The pipeline has no stage '${ref}'.`)
  return found
}

/** By id or name, else the first of that kind. */
export const findStage = (db: Db, pipelineId: string, stage: string): Promise<Stage | undefined> =>
  stagesOf(db, pipelineId)
    .where((eb) =>
      eb.or([
        eb('name', '=', stage),
        ...(isId(stage) ? [eb('id', '=', stage)] : []),
        ...kindsNamed(stage).map((kind) => eb('kind', '=', kind)),
      ]),
    )
    .orderBy((eb) => eb('name', '=', stage), 'desc')
    .orderBy('position')
    .limit(1)
    .executeTakeFirst()

const kindsNamed = (name: string): StageKind[] => STAGE_KINDS.filter((kind) => kind === name)

/** @throws a violation of `pipeline_stages_name_key` if the pipeline has one of that name. */
export const insertStage = async (
  tx: Db,
  _actor: Actor,
  input: Pick<Stage, 'pipelineId' | 'name' | 'kind' | 'position'>,
): Promise<string> =>
  (await tx.insertInto('pipelineStages').values(input).returning('id').executeTakeFirstOrThrow()).id

export const renameStage = async (
  tx: Db,
  _actor: Actor,
  id: string,
  name: string,
): Promise<void> => {
  await tx
    .updateTable('pipelineStages')
    .set({ name, updatedAt: sql<Date>`now()` })
    .where('id', '=', id)
    .execute()
}

/** Numbers the stages as they stand in the list. The constraint on positions waits for the end of the transaction. */
export const orderStages = async (tx: Db, _actor: Actor, ids: string[]): Promise<void> => {
  for (const [position, id] of ids.entries())
    await tx
      .updateTable('pipelineStages')
      .set({ position, updatedAt: sql<Date>`now()` })
      .where('id', '=', id)
      .where('position', '<>', position)
      .execute()
}

/** @throws a violation of `pipeline_couplings_stage_fkey` if an app is in it. */
export const deleteStage = async (tx: Db, _actor: Actor, id: string): Promise<void> => {
  await tx.deleteFrom('pipelineStages').where('id', '=', id).execute()
}
